"""The ledger of actions as the shells see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from zhanggui.app.who import day_of, who
from zhanggui.errors import BadValue, Refused, UserError
from zhanggui.units import Words

if TYPE_CHECKING:
    from zhanggui.actions.kinds import Action, Freeze
    from zhanggui.app.doing import Application
    from zhanggui.app.shop import Shop
    from zhanggui.ledger import Decision, Entry, Handover
    from zhanggui.report.cards import Card, Sheet
    from zhanggui.store import Reconciliation

BY_HAND = "by_hand"
"""Playbook and rule of what a person enters."""
SHOWN_DAYS = 28
FULL_ID = 8


@dataclass(frozen=True, slots=True)
class Difference:
    """What carrying out an action changes, one value a line: on which product, what, from what to what; ``sku`` where a live shop names
    the variant."""

    product: str
    what: str
    before: Any
    after: Any
    sku: str = ""

    @property
    def named(self) -> str:
        """The product, with the variant where there is one."""
        return f"{self.product} · {self.sku}" if self.sku else self.product


class Actions:
    """What people decide about actions, of one open shop. ``by`` is who decides: the system's user where nobody is named."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    # ---- looking

    def list(self, *, everything: bool = False) -> Sequence[Entry]:
        """What is proposed, approved and being read, and what was read or dismissed within four weeks; ``everything``: all rounds ever."""
        entries = self._shop.ledger.entries()
        if everything:
            return entries
        today = self._shop.clock.today()
        return [entry for entry in entries if _current(entry, today)]

    def show(self, name: str) -> Entry:
        """One action, by its id or the beginning of it. Raises BadValue where none is called so, or several are."""
        return self._shop.ledger.entry(name)

    # ---- deciding

    def add(
        self,
        kind: str,
        where: Mapping[str, str],
        text: str = "",
        *,
        minutes: int | None = None,
        expected: float | tuple[float, float] | None = None,
        values: Mapping[str, str] | None = None,
        on: date | str | None = None,
        despite: str = "",
        by: str | None = None,
        role: str | None = None,
    ) -> Decision:
        """Enter an action by hand: its kind from the closed set, what it aims at, a note, and what it is to bring a week. ``values`` are
        what ``apply`` may write to a live shop (price, title, status, sale_price, sale_from, sale_to).

        ``on``: it was carried out on that day; it is then approved and done at once, where ``role`` may approve it. Raises BadValue for an
        unknown kind or target, Refused for what law or policy forbids or is another's to approve.
        """
        from zhanggui.app.by_hand import entered

        day = day_of(on)
        if day is not None:
            _may_approve(kind, kind, role)
        action = entered(kind, where, text, minutes=minutes, expected=expected, values=values or {})
        self._shop.guard(action, [text, despite], despite=despite)
        person = who(by)
        decision = self._shop.ledger.add(action, by=person, text=text)
        if day is None:
            return self._told(decision)
        self._shop.ledger.approve(decision.entry.id, by=person)
        return self.done(decision.entry.id, on=day, by=person)

    def approve(
        self,
        name: str,
        *,
        as_of: date | str | None = None,
        despite: str = "",
        by: str | None = None,
        role: str | None = None,
        seen: int | None = None,
    ) -> Decision:
        """Approve a proposal, or what the brief of ``as_of`` names without having it on the day's list (by its full id). How its target
        stands now is kept beside it; ``despite`` is a reason to set a policy aside, and is noted. ``role`` is what the person is at
        the desk: some kinds are the owner's to approve.

        Raises Decided where it is no proposal any more, Refused for what law or policy forbids by now or is another's to approve.
        """
        from zhanggui.app.before import as_it_stands

        entry = self._known_or_named(name, as_of)
        _may_approve(entry.action.kind, entry.id, role)
        if entry.state == "proposed":
            self._shop.guard(entry.action, [despite], despite=despite)
        before = as_it_stands(self._shop, entry.action)
        decision = self._shop.ledger.approve(entry.id, by=who(by), before=before, text=despite, seen=seen)
        return self._told(decision)

    def _known_or_named(self, name: str, as_of: date | str | None) -> Entry:
        """An action of the ledger, or one that the brief names: that is entered as a proposal now."""
        try:
            return self.show(name)
        except BadValue:
            if len(name) != FULL_ID:
                raise
            wanted = [action for action in self._named(as_of) if action.id == name]
            if not wanted:
                raise
            return self._shop.ledger.propose(wanted)[0]

    def _named(self, as_of: date | str | None) -> Sequence[Action]:
        """Every action that the brief of a day names, on its list or not; kept as long as the data stays the same."""
        key = (self._shop.warehouse.version, str(as_of))
        if self._shop.named is None or self._shop.named[0] != key:
            try:
                found = [ranked.action for ranked in self._shop.brief(as_of, remember=False).actions]
            except UserError:  # no data, no brief: then the id is unknown and nothing else
                found = []
            self._shop.named = (key, found)
        return self._shop.named[1]

    def dismiss(self, name: str, text: str = "", *, by: str | None = None, seen: int | None = None) -> Decision:
        """Refuse a proposal. It stays away for four weeks, unless its expected profit doubles."""
        return self._told(self._shop.ledger.dismiss(name, by=who(by), text=text, seen=seen))

    def snooze(self, name: str, until: date | str, *, by: str | None = None, seen: int | None = None) -> Decision:
        """Put an action off until a day."""
        return self._told(self._shop.ledger.snooze(name, _day(until), by=who(by), seen=seen))

    def done(
        self, name: str, *, on: date | str | None = None, by: str | None = None, seen: int | None = None
    ) -> Decision:
        """Note that an approved action was carried out. The table ``changes`` gets its line, and its effect is read from now on."""
        return self._told(self._shop.ledger.done(name, by=who(by), on=day_of(on), seen=seen))

    def undo(self, name: str, *, by: str | None = None, seen: int | None = None, keep_shop: bool = False) -> Decision:
        """Take the last decision back, as made by mistake; what it left in ``changes`` goes too. What ``apply`` wrote to a live shop is put
        back there first, unless ``keep_shop``. Raises Decided where somebody changed it there since."""
        seen = self._put_back(name, by, seen, keep_shop=keep_shop)
        return self._told(self._shop.ledger.undo(name, by=who(by), seen=seen))

    def stop(
        self,
        name: str,
        *,
        on: date | str | None = None,
        by: str | None = None,
        seen: int | None = None,
        keep_shop: bool = False,
    ) -> Decision:
        """Note that what was done was taken away again in the shop: it is read until that day. What ``apply`` wrote to a live shop is put
        back there first, unless ``keep_shop``."""
        seen = self._put_back(name, by, seen, keep_shop=keep_shop)
        return self._told(self._shop.ledger.stop(name, by=who(by), on=day_of(on), seen=seen))

    def assign(
        self,
        name: str,
        owner: str | None = None,
        *,
        due: date | str | None = None,
        by: str | None = None,
        seen: int | None = None,
    ) -> Decision:
        """Say who does it and until when."""
        return self._told(self._shop.ledger.assign(name, by=who(by), owner=owner, due=day_of(due), seen=seen))

    def note(self, name: str, text: str, *, by: str | None = None) -> Decision:
        """Write a remark on an action."""
        from zhanggui.actions.guards import check_text

        check_text(text)
        return self._told(self._shop.ledger.note(name, text, by=who(by)))

    def apply(
        self,
        name: str,
        *,
        dry_run: bool = False,
        by: str | None = None,
        seen: int | None = None,
        shown: str | None = None,
    ) -> Application:
        """Carry an approved action out in the live shop that sells its products, value by value, and note it as done; a ``dry_run`` shows
        the difference and writes nothing. ``shown`` is the mark of the difference that the person saw.

        Raises Unanswerable where no live shop may be written to or the draft has nothing that a program could carry out, Refused for what
        law, policy or the cap of a run forbids, Decided where it is not approved, is done, or the shop changed meanwhile.
        """
        from dataclasses import replace

        from zhanggui.app import doing

        if dry_run:
            return doing.shown(self._shop, name)
        made = doing.applied(self._shop, name, by=who(by), seen=seen, mark=shown)
        assert made.decision is not None
        return replace(made, decision=self._told(made.decision))

    def restorable(self, name: str) -> Application:
        """What taking back an action that was carried out by ``apply`` changes in the live shop. Nothing is written."""
        from zhanggui.app import doing

        return doing.restorable(self._shop, name)

    def file(self, name: str) -> str:
        """What is approved as a file for another program: ``shopify``, ``taobao``, ``budgets``, ``audience``. Raises BadValue for another
        name, Unanswerable where nothing approved belongs there."""
        from zhanggui.app import doing

        return doing.file_of(self._shop, name)

    def _put_back(self, name: str, by: str | None, seen: int | None, *, keep_shop: bool) -> int | None:
        """Put the live shop back where ``apply`` wrote to it, unless it is to stay as it is. Gives the step seen then."""
        if keep_shop:
            return seen
        from zhanggui.app import doing

        return doing.restored(self._shop, name, by=who(by), seen=seen)

    def adopt(self) -> Sequence[Words]:
        """Take the ledger that lies in the workspace, or a new one, for this warehouse's own, though it knew another. What the
        warehouse knows as done is taken over. Gives what was found."""
        return self._shop.meet(anew=True)

    # ---- beside the actions

    def freeze(
        self, start: date | str, end: date | str, *, target: str = "*", text: str = "", by: str | None = None
    ) -> Sequence[Freeze]:
        """Days on which nothing is to be changed, for all or for one target. Gives all that hold."""
        from zhanggui.actions.kinds import Freeze

        return self._shop.ledger.freeze(Freeze(_day(start), _day(end), target, text), by=who(by))

    def lift(self, start: date | str, end: date | str, *, target: str = "*", by: str | None = None) -> Sequence[Freeze]:
        """Take a freeze back. Gives those that still hold."""
        return self._shop.ledger.lift(_day(start), _day(end), target, by=who(by))

    def freezes(self) -> Sequence[Freeze]:
        """The freezes that are not over."""
        today = self._shop.clock.today()
        return [freeze for freeze in self._shop.ledger.standing().freezes if freeze.end >= today]

    def hand_over(self, text: str, *, on_duty: str = "", by: str | None = None) -> None:
        """Write down what the next one must know, and who that is. Raises Refused for a plan of what law forbids."""
        from zhanggui.actions.guards import check_text

        check_text(text)
        self._shop.ledger.hand_over(text, on_duty, by=who(by))

    def handover(self) -> Handover | None:
        """The latest hand-over note."""
        return self._shop.ledger.handover()

    def annotate(self, day: date | str, text: str, *, target: str = "*") -> Reconciliation:
        """Explain a day away (a courier's strike): its numbers count as no change of the shop's own."""
        return self._shop.enter("annotations", {"day": _day(day).isoformat(), "target": target, "text": text})

    # ---- the same, written

    def text(self, entries: Sequence[Entry], locale: str, width: int = 120) -> str:
        """The list for a terminal, under the hand-over note and the freezes."""
        from zhanggui.report import ledger

        beside = ledger.Beside(self.handover(), self.freezes(), self._shop.clock.zone)
        return ledger.list_text(entries, beside, self._page(entries, locale, width))

    def entry_text(self, entry: Entry, locale: str, width: int = 120) -> str:
        """One action with all that is known of it, for a terminal."""
        from zhanggui.report import ledger

        return ledger.entry_text(entry, self._shop.clock.zone, self._page([entry], locale, width))

    def cards(self, locale: str, *, everything: bool = False) -> Sequence[Card]:
        """The list as written cells, for a page that lays them out itself."""
        from zhanggui.report.cards import card

        entries = self.list(everything=everything)
        page = self._page(entries, locale)
        return [card(entry, self._shop.clock, page) for entry in entries]

    def sheet(self, name: str, locale: str) -> Sheet:
        """One action with all that is known of it as written cells."""
        from zhanggui.report.cards import sheet

        entry = self.show(name)
        return sheet(entry, self._shop.clock, self._page([entry], locale))

    def as_json(self, entries: Sequence[Entry], locale: str) -> Sequence[dict[str, Any]]:
        """Actions for programs."""
        from zhanggui.report import ledger

        page = self._page(entries, locale)
        return [ledger.entry_json(entry, page) for entry in entries]

    def export(self, locale: str, *, format: str = "csv", everything: bool = True) -> str:
        """The ledger as CSV or JSON text, one line an action."""
        from zhanggui.report import ledger

        if format not in ("csv", "json"):
            raise BadValue("ledger.unknown_format", value=format, known="csv, json")
        entries = self.list(everything=everything)
        return ledger.exported(entries, self._page(entries, locale), format)

    def _page(self, entries: Sequence[Entry], locale: str, width: int = 120) -> Any:
        from zhanggui.report.ledger import Page

        named = any("product_id" in entry.action.where for entry in entries)
        names = self._shop.product_names() if named else {}
        return Page(locale, self._shop.config.currency, names, width)

    def _told(self, decision: Decision) -> Decision:
        """Feed the warehouse, and add what came of that to what the person should know."""
        from dataclasses import replace

        notes = self._shop.meet()
        return replace(decision, notes=[*decision.notes, *notes]) if notes else decision


def _may_approve(kind: str, name: str, role: str | None) -> None:
    """Raises Refused where actions of that kind are the owner's to approve and ``role`` is another; the machine itself has none."""
    from zhanggui.actions.catalogue import kind_named

    if role not in (None, "owner") and kind_named(kind).approver == "owner":
        raise Refused("ledger.owner_approves", id=name, kind=Words(f"actions.kind.{kind}"))


def _current(entry: Entry, today: date) -> bool:
    from zhanggui.ledger.steps import lapsed

    if entry.state == "proposed":
        return not lapsed(entry, today)
    return entry.state in ("approved", "done") or (today - entry.since).days <= SHOWN_DAYS


def _day(value: date | str) -> date:
    day = day_of(value)
    assert day is not None
    return day
