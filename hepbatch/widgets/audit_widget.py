"""The widget of an audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from hepbatch.widgets.comm_widget import CommWidget

if TYPE_CHECKING:
    from hepbatch.widgets.audits import Audit


class AuditWidget(CommWidget):
    """The kernel's half of the audit in a cell."""

    _model_name = traitlets.Unicode("AuditModel").tag(sync=True)
    _view_name = traitlets.Unicode("AuditView").tag(sync=True)

    audit_id = traitlets.Unicode().tag(sync=True)
    audit = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)

    may_ask = ("audits", "agent")

    def __init__(self, audit: Audit) -> None:
        super().__init__(audit_id=audit.id, audit=audit.record)
        # A cell may show an audit that nothing else holds.
        self._held = audit
        audit.on_event(self._on_event, self.flush)
        # What was told between the two.
        self.audit = audit.record

    def _on_event(self, event: dict[str, Any]) -> None:
        """Called in the thread that follows the agent."""

        def show() -> None:
            if event.get("topic") == "audit":
                self.audit = event["audit"]
            self.tell(event)

        self.at_home(show)
