/* The date: a field, a slider with a mark for each day on which the members of the rule change, and what changes; and
   longer marks for the days on which the verdict on this route does. */
(() => {
  "use strict";
  const { byId, listed, make } = overflight;
  const DAY_MS = 86400000;
  const BEFORE_DAYS = 60, AFTER_DAYS = 400, PLAIN_DAYS = 3650;
  const NAMED = 6;
  const days = (text) => Math.round(Date.parse(text + "T00:00:00Z") / DAY_MS);
  const iso = (day) => new Date(day * DAY_MS).toISOString().slice(0, 10);
  const words = (text) => new Date(text + "T00:00:00Z").toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const some = (names) => names.length > NAMED ? names.length + " states" : listed(names);

  function told(change) {
    const parts = [];
    // of a treaty or of closures, of one rule or of several: what they come to
    if (change.joins.length) parts.push(some(change.joins) + (change.joins.length > 1 ? " come in" : " comes in"));
    if (change.leaves.length) parts.push(some(change.leaves) + (change.leaves.length > 1 ? " go out" : " goes out"));
    return parts.join("; ") + " (then " + change.members + " states)";
  }

  // `move` is told each date while the slider moves, `settle` the one at which it stops.
  overflight.makeCalendar = (today, move, settle) => {
    const field = byId("of-date"), slider = byId("of-day"), marks = byId("of-marks");
    let changes = [], verdicts = [], on = today;

    function bounds() {
      const at = [days(today), days(on)], known = [...changes, ...verdicts].map((change) => days(change.on));
      if (known.length) at.push(Math.min(...known) - BEFORE_DAYS, Math.max(...known) + AFTER_DAYS);
      else at.push(days(today) - PLAIN_DAYS, days(today) + AFTER_DAYS);
      return [Math.min(...at), Math.max(...at)];
    }
    const around = (list) => [
      list.filter((change) => change.on <= on).pop(), list.filter((change) => change.on < on).pop(), list.find((change) => change.on > on),
    ];
    function steps(list, [, before, next], [back, onward], row) {
      [[back, before], [onward, next]].forEach(([name, change]) => {
        if (!change && document.activeElement === byId(name)) slider.focus();
        byId(name).disabled = !change;
        byId(name).dataset.on = change ? change.on : "";
      });
      byId(row).hidden = !list.length;
    }
    function verdictLines([past, , next]) {
      const lines = [];
      if (past) lines.push((past.on === on ? "From this day on " : "Since " + words(past.on) + " ") + past.verdict + ". " + past.what + ".");
      if (next) lines.push("From " + words(next.on) + (next.on > today ? ", as notified, " : " ") + next.verdict + ". " + next.what + ".");
      return lines.map((line) => make("p", "of-verdict-turn", line));
    }
    function show() {
      const [first, last] = bounds();
      slider.min = first;
      slider.max = last;
      slider.value = days(on);
      slider.setAttribute("aria-valuetext", words(on));
      field.value = on;
      const marked = (change, kind) => {
        const mark = make("i", kind);
        mark.style.left = (100 * (days(change.on) - first) / (last - first)).toFixed(2) + "%";
        return mark;
      };
      marks.replaceChildren(
        ...changes.map((change) => marked(change, change.leaves.length ? "of-leaving" : "of-joining")),
        ...verdicts.map((change) => marked(change, "of-turn of-turn-" + change.status)));
      const [past, before, next] = around(changes), own = around(verdicts);
      byId("of-change").replaceChildren(...[[past, past && past.on === on ? "This day: " : "Last change, "], [next, "Next change, "]]
        .filter(([change]) => change)
        .map(([change, label]) => make("p", "", label + (label.startsWith("This") ? "" : words(change.on) + ": ") + told(change))));
      byId("of-turn").replaceChildren(...verdictLines(own));
      steps(changes, [past, before, next], ["of-before", "of-after"], "of-change-steps");
      steps(verdicts, own, ["of-turn-before", "of-turn-after"], "of-turn-steps");
    }
    let sliding = false;
    slider.addEventListener("input", () => { sliding = true; on = iso(Number(slider.value)); show(); move(on); });
    // Where it comes to rest on the day that it left, nothing tells of a change.
    ["change", "pointerup", "keyup", "blur"].forEach((kind) => slider.addEventListener(kind, () => {
      if (!sliding) return;
      sliding = false;
      settle(on, "slide");
    }));
    field.addEventListener("change", () => {
      if (!/^\d{4}-\d\d-\d\d$/.test(field.value)) return;
      on = field.value;
      show();
      settle(on);
    });
    // a date that is none, or half of one, is not the one that holds
    field.addEventListener("blur", show);
    ["of-before", "of-after", "of-turn-before", "of-turn-after"].forEach((name) => byId(name).addEventListener("click", () => {
      on = byId(name).dataset.on;
      show();
      settle(on);
    }));
    return {
      set(date) { on = date; show(); },
      mark(found) { changes = found; show(); },
      turn(found) { verdicts = found; show(); },
    };
  };
})();
