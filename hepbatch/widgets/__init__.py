"""What analysis cells and scripts use: `hepbatch.audit(...)`."""

from hepbatch.widgets.audits import Audit, audit

__all__ = ["Audit", "audit"]
