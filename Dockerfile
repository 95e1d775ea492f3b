# A server file becomes an image:
#     docker build --build-arg SERVER_FILE=examples/container/handrail.toml -t tools .
# Pin the base by its digest: --build-arg BASE_IMAGE=python:3.12-slim-bookworm@sha256:…
# `make container` builds on one of its own, of Debian's packages.
ARG BASE_IMAGE=python:3.12-slim-bookworm
ARG SERVER_FILE=examples/container/handrail.toml

# What installs, stays behind: the image has no compiler, and nothing was cached in it.
FROM ${BASE_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python3 -m venv /opt/build && python3 -m venv --without-pip /opt/handrail
COPY requirements/build.lock requirements/image.lock /tmp/
# The secret is for machines that reach their package index through a gateway of their own.
RUN --mount=type=secret,id=ca,target=/run/secrets/ca.pem \
    if [ -s /run/secrets/ca.pem ]; then export PIP_CERT=/run/secrets/ca.pem; fi; \
    /opt/build/bin/pip install -q --no-deps --require-hashes -r /tmp/build.lock \
    && /opt/build/bin/pip --python /opt/handrail/bin/python install -q --no-deps --require-hashes -r /tmp/image.lock
COPY pyproject.toml README.md LICENSE /src/
COPY src /src/src
RUN /opt/build/bin/pip wheel -q --no-deps --no-build-isolation --wheel-dir /tmp/wheel /src \
    && /opt/build/bin/pip --python /opt/handrail/bin/python install -q --no-deps /tmp/wheel/*.whl \
    && /opt/build/bin/pip --python /opt/handrail/bin/python check
ARG SERVER_FILE
COPY ${SERVER_FILE} /tmp/handrail.toml
RUN /opt/handrail/bin/handrail inspect /tmp/handrail.toml --apt > /opt/packages

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="Handrail" \
      org.opencontainers.image.description="An MCP server made of a declaration of what agents may do" \
      org.opencontainers.image.licenses="Apache-2.0"
# The programs that the server file declares, by their `apt` names, and what confines them.
COPY --from=build /opt/packages /opt/packages
# hadolint ignore=DL3008
RUN apt-get update -qq \
    && xargs -r -a /opt/packages apt-get install -y -qq --no-install-recommends bubblewrap tini \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
    && groupadd --gid 10001 handrail \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin handrail \
    && mkdir -p /srv/handrail/.handrail /srv/handrail/keys /workspace \
    && chown 10001:10001 /srv/handrail/.handrail /srv/handrail/keys /workspace \
    && chmod 0700 /srv/handrail/.handrail /srv/handrail/keys
COPY --from=build /opt/handrail /opt/handrail
ARG SERVER_FILE
COPY ${SERVER_FILE} /srv/handrail/handrail.toml
ENV PATH=/opt/handrail/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 WORKSPACE=/workspace
WORKDIR /srv/handrail
USER 10001:10001
# State (keys, budgets, audit) is beside the server file.
VOLUME ["/workspace", "/srv/handrail/.handrail"]
EXPOSE 8000 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["handrail", "health"]
ENTRYPOINT ["/usr/bin/tini", "--", "handrail"]
CMD ["serve", "--http", "0.0.0.0:8000", "--ops", "0.0.0.0:9464", "--drain", "20"]
