# Debian's own of what compose.yaml has besides servers, where no registry can be reached.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends curl nginx-light prometheus redis-server rsyslog \
    && mkdir -p /data /prometheus /positions /logs \
    && chown 999:999 /data \
    && chown 65534:65534 /prometheus
