"""An argv is read by its program's profile: what every element is, and what it would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from handrail.profiles.grammar import Grammar, Option
from handrail.profiles.language import judged
from handrail.profiles.names import PLACEHOLDER, Names, replaced
from handrail.profiles.operands import Operands
from handrail.profiles.profile import Profile
from handrail.profiles.reading import Nested, Reading, Use
from handrail.profiles.role import Role
from handrail.profiles.scan import Given, is_option, scan
from handrail.spec.tool import Effect

_DEEPEST = 8
"""Commands inside one another; nobody means more."""
_EXECUTES = {"workspace": Role.EXECUTES_WORKSPACE, "caller": Role.EXECUTES_CALLER}


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a command is read: what its tool may run, and whether its caller gives argv.

    `profiles` has the profile of every program that may be run; None where there is none.
    """

    profiles: Mapping[str, Profile | None]
    free: bool = True
    reads_only: bool = False


def read(name: str, words: Sequence[str], setting: Setting) -> Reading | None:
    """What the arguments `words` of program `name` say; None when it has no profile."""
    profile = setting.profiles[name]
    if profile is None:
        return None
    return _Reader(name, tuple(words), setting, _Around()).read(Grammar.of(profile))


@dataclass(frozen=True, slots=True)
class _Around:
    """What the commands around a command have to do with it: none, to begin with."""

    names: Names | None = None
    folders: tuple[str, ...] = ()
    depth: int = 0


class _Reader:
    """One command line, read from its start to its end."""

    def __init__(
        self, name: str, words: tuple[str, ...], setting: Setting, around: _Around
    ) -> None:
        self._words = words
        self._setting = setting
        self._names = around.names
        self._depth = around.depth
        self._path, self._proper = [name], [name]
        self._uses: list[Use] = []
        self._added: list[tuple[int, tuple[str, ...]]] = []
        self._nested: list[Nested] = []
        self._folders = around.folders
        self._replaces: str | None = None

    def read(self, grammar: Grammar) -> Reading:
        """The whole reading."""
        self._enter(grammar, 0)
        at = 0
        while at < len(self._words):
            at = self._step(at)
        self._leave()
        return Reading(
            path=tuple(self._path),
            proper=tuple(self._proper),
            words=self._words,
            uses=tuple(self._uses),
            rest=self._start,
            added=tuple(self._added),
            nested=tuple(self._nested),
            folders=self._folders,
        )

    def _enter(self, grammar: Grammar, start: int) -> None:
        """From `start` on, the words are those of the program or subcommand with this grammar."""
        self._grammar, self._level, self._start = grammar, grammar.level, start
        self._operands, self._ended = Operands(grammar), False
        self._first = len(self._uses)
        free, level = self._setting.free, grammar.level
        self._add(start, level.always)
        self._add(start, level.add if free else ())
        self._add(start, level.add_read if free and self._setting.reads_only else ())

    def _leave(self) -> None:
        """All words of this program or subcommand are known: say what it does by itself."""
        for use in self._operands.uses():
            self._use(use)
        if self._names is not None and self._names.of_input and not self._nested:
            self._end_options(self._names.placeholder)
        words = self._words[self._start :]
        if not words or any(word not in self._level.information for word in words):
            self._uses[self._first : self._first] = self._own()

    def _add(self, at: int, words: tuple[str, ...]) -> None:
        if words:
            self._added.append((at, words))

    def _step(self, at: int) -> int:
        """Take in the word at `at`; where to go on."""
        word = self._words[at]
        if not self._ended and word == "--" and self._grammar.terminator:
            self._ended = self._operands.ended = True
            return at + 1
        if not self._ended and is_option(word):
            return self._given(list(scan(self._grammar, self._words, at)), at)
        if at == self._start and self._level.bundle and word.isalpha():
            return self._bundle(at)
        return self._operand(word, at)

    def _operand(self, word: str, at: int) -> int:
        if self._level.command and not self._operands.count:
            found = self._grammar.commands.get(word)
            if found is not None:
                self._leave()
                self._path.append(word)
                self._proper.append(found[0])
                self._enter(found[1], at + 1)
                return at + 1
            if not self._level.bare:
                self._uses.append(Use(Role.UNKNOWN, word, at=at))
                return len(self._words)
        if self._operands.next_role() is Role.COMMAND and not self._operands.has_form(word):
            return self._command(at, len(self._words))
        self._operands.take(word, at)
        self._ended = self._ended or self._grammar.syntax == "posix"
        return at + 1

    def _bundle(self, at: int) -> int:
        """Switches without a dash; their values follow one after another (tar's old style)."""
        end = at + 1
        for letter in self._words[at]:
            option, value = self._grammar.options.get(f"-{letter}"), None
            if option is not None and option.takes_value and not option.attached:
                value = self._words[end] if end < len(self._words) else None
                end += 1
            self._given([Given(f"-{letter}", option, value)], at)
        # It is only read so as the first argument; what is added must come after it.
        self._added = [(end if place == at else place, words) for place, words in self._added]
        return end

    def _given(self, found: Sequence[Given], at: int) -> int:
        """Take options in; where to go on."""
        for one in found:
            self._operands.seen(one.name)
            if one.option is None:
                self._uses.append(Use(Role.UNKNOWN, one.name, at=at))
            elif one.option.role is Role.COMMAND:
                return self._command(at + 1, self._end(at + 1))
            else:
                self._option(one.name, one.option, one.value, at)
        return at + max(one.taken for one in found)

    def _option(self, name: str, option: Option, value: str | None, at: int) -> None:
        if option.role is Role.PLACEHOLDER:
            self._replaces = value or PLACEHOLDER
        is_switch = option.attached and value is None and option.role is Role.TEXT
        for role in (Role.FLAG if is_switch else option.role, *option.also):
            self._use(Use(role, name, value, at))

    def _end(self, start: int) -> int:
        """Where the command that begins at `start` ends: at `;`, or at `+` after `{}`."""
        for at in range(start, len(self._words)):
            word = self._words[at]
            if word == ";" or (word == "+" and self._words[at - 1] == PLACEHOLDER):
                return at
        return len(self._words)

    def _command(self, start: int, end: int) -> int:
        """Read the command inside this one; where this one goes on."""
        words = self._words[start:end]
        if not words:
            self._uses.append(Use(Role.UNKNOWN, "nothing to run", at=start - 1))
        elif words[0] not in self._setting.profiles:
            self._uses.append(Use(Role.RUN, words[0], at=start))
        elif self._depth == _DEEPEST:
            reason = "too many commands are inside one another"
            self._uses.append(Use(Role.REFUSED, words[0], reason, start))
        else:
            self._nested.append(Nested(start, end, words, self._inner(words)))
        return end + 1

    def _inner(self, words: tuple[str, ...]) -> Reading | None:
        profile = self._setting.profiles[words[0]]
        if profile is None:
            return None
        appended = (PLACEHOLDER,) if self._level.appends and self._replaces is None else ()
        inner = (*words[1:], *appended)
        around = _Around(self._names_inside(), self._folders, self._depth + 1)
        return _Reader(words[0], inner, self._setting, around).read(Grammar.of(profile))

    def _names_inside(self) -> Names | None:
        if self._level.appends:
            return Names(self._replaces or PLACEHOLDER, of_input=True)
        return Names() if self._grammar.syntax == "words" else self._names

    def _use(self, use: Use) -> None:
        """Note a use; what will be put in the place of a placeholder cannot be known."""
        if self._names is not None and self._names.are_in(use):
            use = replaced(use)
        elif use.role is Role.CODE:
            use = judged(self._level.language, use)
        use = replace(use, folders=self._folders)
        if use.role is Role.FOLDER and use.value is not None:
            self._folders = (*self._folders, use.value)
        self._uses.append(use)

    def _end_options(self, placeholder: str) -> None:
        """See to it that a name from the input is never read as an option: put `--` before it."""
        places = range(self._start, len(self._words))
        first = next((at for at in places if self._words[at].startswith(placeholder)), None)
        if first is None or "--" in self._words[self._start : first]:
            return
        has_operand = any(not is_option(word) for word in self._words[self._start : first])
        if self._grammar.syntax == "posix" and has_operand:
            return
        if not self._grammar.terminator and self._grammar.is_harmless:
            return
        if not self._grammar.terminator or any(map(is_option, self._words[first:])):
            reason = "a name from its input could be read as an option; put -- before it"
            self._uses.append(Use(Role.REFUSED, self._path[-1], reason, first))
        else:
            self._add(first, ("--",))

    def _is_told_code(self) -> bool:
        """Whether it is given something to run, as an option or by name."""
        told = {use.role for use in self._uses[self._first :]}
        return not told.isdisjoint({Role.CODE, Role.LOAD, Role.RUN, Role.REFUSED})

    def _own(self) -> list[Use]:
        """What it does whatever it is told."""
        level, name, at = self._level, " ".join(self._path), max(self._start - 1, 0)
        own = [
            Use(Role.REFUSED, name, level.refused, at) if level.refused else None,
            Use(_EXECUTES[level.executes], name, at=at) if level.executes else None,
            Use(Role.CODE, name, "-", at)
            if level.reads_code and not self._is_told_code()
            else None,
            Use(Role.NETWORK, name, at=at) if level.network else None,
            Use(Role.LEANS, name, level.leans, at) if level.leans else None,
            Use(Role.EFFECT, name, level.effect, at) if level.effect != Effect.READ else None,
        ]
        return [use for use in own if use is not None]
