"""`handrail add` at a terminal: the draft is shown, changed, and agreed to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from handrail.cli import streams
from handrail.cli.add_table import show
from handrail.cli.choosing import choose, line, pick
from handrail.errors import UsageError
from handrail.scaffold.draft import Draft, Word
from handrail.scaffold.drafting import drafted
from handrail.scaffold.insert import inserted

_ADD, _VARY, _NAME, _LEAVE = "Add it", "Choose what callers may change", "Rename it", "Leave it"


@dataclass(frozen=True, slots=True)
class Wish:
    """An example command, and what the person wants of the tool."""

    command: str
    name: str | None = None
    fixed: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()

    def draft(self) -> Draft:
        """The tool. Raises `UsageError`."""
        return drafted(self.command, name=self.name, fixed=self.fixed, flags=self.flags)


def agreed(
    drafts: Sequence[Draft], wish: Wish | None, fits: Callable[[Sequence[Draft]], object]
) -> Sequence[Draft] | None:
    """The drafts as the person wants them; None when they would rather not.

    `wish` is what the one draft was made of, if it was. `fits` raises `UsageError` for drafts
    that cannot be added. Raises `KeyboardInterrupt` for Ctrl-C.
    """
    own = [_VARY, _NAME] if wish is not None else []
    while True:
        show(drafts)
        streams.note(f"\n{inserted('', drafts)}")
        answer = choose("Add this?", [_ADD, *own, _LEAVE])
        if answer == _LEAVE:
            return None
        try:
            if answer == _ADD:
                fits(drafts)
                return drafts
            if wish is not None:
                changed = _varied(wish) if answer == _VARY else _renamed(wish, drafts[0])
                drafts, wish = [changed.draft()], changed
        except UsageError as wrong:
            streams.complain(wrong.message, hint=wrong.hint)


def _varied(wish: Wish) -> Wish:
    """The wish with other words for callers to change."""
    # Drafted anew: what had been kept may be offered again.
    whole = replace(wish, fixed=frozenset(), flags=frozenset()).draft()
    offered = [word for word in whole.words if word.param or word.meaning == "flag"]
    now = {place for place, word in enumerate(offered) if _varies(wish, word)}
    places = pick("Callers may change", [word.given for word in offered], now) if offered else []
    left = [word for place, word in enumerate(offered) if place not in places]
    chosen = [word for place, word in enumerate(offered) if place in places]
    return replace(
        wish,
        fixed=frozenset(word.param for word in left if word.param),
        flags=frozenset(word.given for word in chosen if not word.param),
    )


def _varies(wish: Wish, word: Word) -> bool:
    return word.given in wish.flags if word.param is None else word.param not in wish.fixed


def _renamed(wish: Wish, draft: Draft) -> Wish:
    return replace(wish, name=line("Its name", draft.name))
