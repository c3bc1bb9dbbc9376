/* The date: a field, a slider with a mark for each day on which the members of the rule change, and what changes. */
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
    if (change.joins.length) parts.push(some(change.joins) + (change.joins.length > 1 ? " join" : " joins"));
    if (change.leaves.length) parts.push(some(change.leaves) + (change.leaves.length > 1 ? " leave" : " leaves"));
    return parts.join("; ") + " (then " + change.members + ")";
  }

  // `move` is told each date while the slider moves, `settle` the one at which it stops.
  overflight.makeCalendar = (today, move, settle) => {
    const field = byId("of-date"), slider = byId("of-day"), marks = byId("of-marks");
    let changes = [], on = today;

    function bounds() {
      const at = [days(today), days(on)];
      if (changes.length) at.push(days(changes[0].on) - BEFORE_DAYS, days(changes[changes.length - 1].on) + AFTER_DAYS);
      else at.push(days(today) - PLAIN_DAYS, days(today) + AFTER_DAYS);
      return [Math.min(...at), Math.max(...at)];
    }
    function show() {
      const [first, last] = bounds();
      slider.min = first;
      slider.max = last;
      slider.value = days(on);
      slider.setAttribute("aria-valuetext", words(on));
      field.value = on;
      marks.replaceChildren(...changes.map((change) => {
        const mark = make("i", change.leaves.length ? "of-leaving" : "of-joining");
        mark.style.left = (100 * (days(change.on) - first) / (last - first)).toFixed(2) + "%";
        return mark;
      }));
      const past = changes.filter((change) => change.on <= on).pop();
      const next = changes.find((change) => change.on > on);
      const before = changes.filter((change) => change.on < on).pop();
      byId("of-change").replaceChildren(...[[past, past && past.on === on ? "This day: " : "Last change, "], [next, "Next change, "]]
        .filter(([change]) => change)
        .map(([change, label]) => make("p", "", label + (label.startsWith("This") ? "" : words(change.on) + ": ") + told(change))));
      [["of-before", before], ["of-after", next]].forEach(([name, change]) => {
        if (!change && document.activeElement === byId(name)) slider.focus();
        byId(name).disabled = !change;
        byId(name).dataset.on = change ? change.on : "";
      });
      byId("of-change-steps").hidden = !changes.length;
    }
    let sliding = false;
    slider.addEventListener("input", () => { sliding = true; on = iso(Number(slider.value)); show(); move(on); });
    // Where it comes to rest on the day that it left, nothing tells of a change.
    ["change", "pointerup", "keyup", "blur"].forEach((kind) => slider.addEventListener(kind, () => {
      if (!sliding) return;
      sliding = false;
      settle(on);
    }));
    field.addEventListener("change", () => {
      if (!/^\d{4}-\d\d-\d\d$/.test(field.value)) return;
      on = field.value;
      show();
      settle(on);
    });
    // a date that is none, or half of one, is not the one that holds
    field.addEventListener("blur", show);
    ["of-before", "of-after"].forEach((name) => byId(name).addEventListener("click", () => {
      on = byId(name).dataset.on;
      show();
      settle(on);
    }));
    return {
      set(date) { on = date; show(); },
      mark(found) { changes = found; show(); },
    };
  };
})();
