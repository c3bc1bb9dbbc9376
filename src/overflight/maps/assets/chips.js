/* Chips: what a list holds, each with a button that takes it out, and a field that finds more by name. */
(() => {
  "use strict";
  const { make } = overflight;
  const MOST = 8;
  // Fewer letters than this mean nobody in particular, even where one name alone begins so: UK is not Ukraine.
  const FEW = 4;
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  let made = 0;

  const initials = (text) => text.split(" ").map((word) => word[0]).join("");
  // What can be chosen: `code`, `label`, and the words it is found by.
  overflight.choices = (all) => all.map((one) => ({ ...one, found: " " + plain([one.code, one.label, one.words || ""].join(" ")) + " " }));

  function fitting(choices, typed) {
    const wanted = plain(typed);
    if (!wanted) return [];
    const ranked = choices.map((one, nth) => {
      const code = plain(one.code), label = plain(one.label);
      const fits = [wanted === code || wanted === label, wanted === initials(label), label.startsWith(wanted), one.found.includes(" " + wanted), true];
      const rank = fits.indexOf(true);
      return { one, rank, nth };
    });
    return ranked.filter(({ rank }) => rank < 4).sort((a, b) => a.rank - b.rank || a.nth - b.nth).slice(0, MOST);
  }

  // `act` has: add(codes), text(typed) for what is no name, remove(nth).
  overflight.chipField = (holder, { label, hint, choices, act }) => {
    const name = make("span", "of-chips-name", label), list = make("ul", "of-chip-list");
    const { box, input, show: offer } = overflight.optionsOf(label, label + ": what fits", {
      words: ({ one }) => [one.label, one.words || one.code], take: ({ one }) => { done(); act.add([one.code]); }, enter: () => settle(), leave: () => done(),
    });
    input.maxLength = 2000;
    input.placeholder = hint;
    name.id = "of-chips-" + (made += 1);
    holder.setAttribute("role", "group");
    holder.setAttribute("aria-labelledby", name.id);
    holder.classList.add("of-chips");
    holder.append(name, list, box);
    let shown = [];

    function done() {
      input.value = "";
      offer([]);
    }
    // Names, separated by commas; the only one that begins so; or what the server is to read.
    function settle() {
      const typed = input.value.trim(), parts = typed.split(",").map((part) => fitting(choices, part)).map(([first]) => first);
      const fit = fitting(choices, typed);
      if (!typed) { done(); return; }
      const exact = parts.length && parts.every((first) => first && first.rank === 0);
      done();
      if (exact) act.add(parts.map((first) => first.one.code));
      else if (fit.length === 1 && typed.length >= FEW) act.add([fit[0].one.code]);
      else act.text(typed);
    }
    input.addEventListener("input", () => offer(fitting(choices, input.value)));
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Backspace" || input.value || !shown.length) return;
      event.preventDefault();
      act.remove(shown.length - 1);
    });
    input.addEventListener("blur", settle);
    return {
      input,
      show(labels) {
        if (overflight.same(labels, shown)) return;
        const held = [...list.querySelectorAll("button")].indexOf(document.activeElement);
        shown = labels;
        list.replaceChildren(...labels.map((text, nth) => {
          const chip = make("li", "of-chip"), remove = make("button", "", "×");
          remove.type = "button";
          remove.setAttribute("aria-label", label + ": take out " + text);
          remove.addEventListener("click", () => act.remove(nth));
          chip.append(make("span", "", text), remove);
          return chip;
        }));
        list.hidden = !labels.length;
        // the next one has the focus of one that is gone
        if (held >= 0) (list.querySelectorAll("button")[Math.min(held, labels.length - 1)] || input).focus();
      },
    };
  };
})();
