"""Did it work? Each done action read with the best design there is, and the scorecard of promises against what was measured."""

from zhanggui.outcomes.reading import due, read
from zhanggui.outcomes.scoring import records, scorecard

__all__ = ["due", "read", "records", "scorecard"]
