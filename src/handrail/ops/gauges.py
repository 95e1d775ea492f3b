"""What is read of a server at the moment when somebody asks for its metrics."""

from __future__ import annotations

import logging
import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import version

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from handrail.meter.traffic import Stage
from handrail.ops.budgets import Budgets
from handrail.ops.inside import Inside
from handrail.ops.readiness import Readiness
from handrail.record.audit.audit import Audit
from handrail.record.log_lines import LogLines
from handrail.record.record import Recorders
from handrail.spec.quota import window_text

_CHECKS = ("workspace", "pool", "store", "disk", "audit", "draining")


class Gauges(Collector):
    """A server as it is now. Nothing of it needs the loop, so it can be told when that is stuck."""

    def __init__(self, inside: Inside, readiness: Readiness, budgets: Budgets) -> None:
        self._inside = inside
        self._readiness = readiness
        self._budgets = budgets

    def collect(self) -> Iterable[Metric]:
        """Everything, one family after the other."""
        yield from self._flights()
        yield self._used()
        yield from self._pool()
        yield from self._health()
        yield from self._inside.lag.collect()
        yield from self._audit()
        yield CounterMetricFamily(
            "handrail_log_dropped",
            "Log lines that nobody took in time.",
            value=sum(
                one.dropped for one in logging.getLogger().handlers if isinstance(one, LogLines)
            ),
        )
        yield from self._build()

    def _flights(self) -> Iterator[Metric]:
        flights = self._inside.line.traffic.flights
        family = GaugeMetricFamily(
            "handrail_calls_in_flight", "Calls that have begun and not ended.", labels=("stage",)
        )
        for stage in Stage:
            count = sum(flight.stage is stage for flight in flights)
            family.add_metric((stage.value,), count)
        yield family
        yield GaugeMetricFamily(
            "handrail_queue_longest_seconds",
            "For how long that call has waited for its turn which has waited longest.",
            value=self._inside.line.meter.waits.longest_seconds,
        )

    def _used(self) -> Metric:
        family = GaugeMetricFamily(
            "handrail_budget_used_ratio",
            "The share of a quota that is used; of those of callers, the largest.",
            labels=("budget", "whose", "window"),
        )
        for bound, share in self._budgets.fullest.items():
            family.add_metric((bound.what, bound.whose, window_text(bound.seconds)), share)
        return family

    def _pool(self) -> Iterator[Metric]:
        pool = self._inside.line.pool
        family = GaugeMetricFamily(
            "handrail_zygotes", "Processes that wait for commands, or have one.", labels=("state",)
        )
        family.add_metric(("idle",), pool.idle)
        family.add_metric(("busy",), pool.size - pool.idle)
        yield family
        yield CounterMetricFamily(
            "handrail_zygotes_started", "Zygotes that were started.", value=pool.started
        )

    def _health(self) -> Iterator[Metric]:
        failing = self._readiness.failing
        yield GaugeMetricFamily(
            "handrail_ready", "Whether the server is ready for calls.", value=float(not failing)
        )
        family = GaugeMetricFamily(
            "handrail_failing", "What keeps the server from being ready.", labels=("check",)
        )
        for check in _CHECKS:
            family.add_metric((check,), float(check in failing))
        yield family
        yield GaugeMetricFamily(
            "handrail_loop_stalled_seconds",
            "For how long the server's loop has not turned.",
            value=self._inside.stalled_seconds,
        )

    def _audit(self) -> Iterator[Metric]:
        recorder = self._inside.line.recorder
        for one in recorder if isinstance(recorder, Recorders) else ():
            if isinstance(one, Audit):
                lag = one.lag
                yield GaugeMetricFamily(
                    "handrail_audit_unwritten_records",
                    "Records of calls that could not be written yet.",
                    value=lag.records,
                )
                yield GaugeMetricFamily(
                    "handrail_audit_lag_seconds",
                    "For how long there have been any.",
                    value=lag.seconds,
                )

    def _build(self) -> Iterator[Metric]:
        facts = {
            "version": version("handrail"),
            "python": platform.python_version(),
            "tier": self._readiness.tier,
        }
        yield InfoMetricFamily("handrail_build", "What runs here, and how it confines.", facts)
