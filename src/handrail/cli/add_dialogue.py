"""`handrail add` at a terminal: the draft is shown, changed, and agreed to."""

from __future__ import annotations

from collections.abc import Sequence

from handrail.cli import streams
from handrail.cli.add_table import show
from handrail.scaffold.draft import Draft, Word
from handrail.scaffold.drafting import drafted
from handrail.scaffold.extra import needs_wizard
from handrail.scaffold.insert import inserted

_ADD, _VARY, _NAME, _LEAVE = "Add it", "Choose what callers may change", "Rename it", "Leave it"


def agreed(drafts: Sequence[Draft], command: str | None) -> Sequence[Draft] | None:
    """The drafts as the person wants them; None when they would rather not.

    Raises `KeyboardInterrupt` for Ctrl-C.
    """
    with needs_wizard():
        import questionary
    while True:
        show(drafts)
        streams.note(inserted("", drafts))
        own = [_VARY, _NAME] if command is not None else []
        answer = questionary.select("Add this?", [_ADD, *own, _LEAVE]).unsafe_ask()
        if answer == _ADD:
            return drafts
        if answer == _LEAVE or command is None:
            return None
        drafts = [_varied(drafts[0], command) if answer == _VARY else _renamed(drafts[0], command)]


def _varied(draft: Draft, command: str) -> Draft:
    """The draft with other words for callers to change."""
    import questionary

    # Drafted anew: what had been kept may be offered again.
    whole = drafted(command, name=draft.name)
    offered = [word for word in whole.words if word.param or word.meaning == "flag"]
    choices = [
        questionary.Choice(word.given, value=word, checked=_is_offered(draft, word))
        for word in offered
    ]
    if not choices:
        return draft
    chosen: list[Word] = questionary.checkbox("Callers may change", choices).unsafe_ask()
    left = [word for word in offered if word not in chosen]
    return drafted(
        command,
        name=draft.name,
        fixed={str(word.param) for word in left if word.param},
        flags={word.given for word in chosen if not word.param},
    )


def _is_offered(draft: Draft, word: Word) -> bool:
    return any(one.given == word.given and one.param for one in draft.words)


def _renamed(draft: Draft, command: str) -> Draft:
    import questionary

    name = questionary.text("Its name", default=draft.name).unsafe_ask()
    return drafted(command, name=name.strip() or draft.name)
