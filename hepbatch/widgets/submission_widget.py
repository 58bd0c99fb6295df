"""The widget of a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from hepbatch.errors import HepbatchError
from hepbatch.widgets.comm_widget import CommWidget
from hepbatch.widgets.follow import follow, unfollow

if TYPE_CHECKING:
    from hepbatch.widgets.submissions import Submission

# Answered here and not by the agent: what this cell is about.
OF_CELL = "/submissions/of-cell"
SUBMIT = "/submissions/submit"
PREVIEW = "/submissions/preview"


class SubmissionWidget(CommWidget):
    """The kernel's half of the submission in a cell; it follows the agent while it is shown.

    Nothing is a trait: traits may be saved with the notebook, and the environment variables of
    jobs are nobody's business there.
    """

    _model_name = traitlets.Unicode("SubmissionWidgetModel").tag(sync=True)
    _view_name = traitlets.Unicode("SubmissionWidgetView").tag(sync=True)

    may_ask = ("submissions", "agent")

    def __init__(self, submission: Submission) -> None:
        super().__init__()
        # A cell may show a submission that nothing else holds.
        self._submission = submission
        follow(self)

    def answer(self, method: Any, path: Any, body: Any) -> tuple[int, Any]:
        """Answer what is about this cell itself; the agent answers the rest."""
        try:
            if (method, path) == ("GET", OF_CELL):
                return 200, self._submission.of_cell()
            if (method, path) == ("POST", SUBMIT):
                # Under the token of this object: what the cell submits is what Python holds.
                return 200, self._submission.begin(body["request"])
            if (method, path) == ("POST", PREVIEW):
                body = {**body, "parent": self._submission.parent}
        except HepbatchError as error:
            return error.status, error.to_failure()
        return super().answer(method, path, body)

    def take_event(self, event: dict[str, Any]) -> None:
        """Pass on what the agent tells of it; called in the thread that follows the agent."""
        topic = event.get("topic")
        token = self._submission.token
        is_ours = (
            (topic == "submission" and event["submission"]["token"] == token)
            or (topic == "submission-removed" and event["token"] == token)
            or topic == "reset"
        )
        if is_ours:
            # The first `reset` of a stream has no number; what is asked after it is the newest.
            numbered = {"sequence": 0, **event}
            self.at_home(lambda: self.tell(numbered))

    def close(self) -> None:
        """Follow the agent no more."""
        unfollow(self)
        super().close()
