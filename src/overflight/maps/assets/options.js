/* The list below a field that says what is typed may mean: chosen by arrow keys, pointer or finger. */
(() => {
  "use strict";
  const { byId, make } = overflight;
  let made = 0;

  // Beside its field, whatever around it scrolls.
  function place(list, input) {
    const box = input.getBoundingClientRect(), below = window.innerHeight - box.bottom;
    const down = below > 200 || below > box.top;
    Object.assign(list.style, {
      left: Math.max(Math.min(box.left, window.innerWidth - 298), 8) + "px", maxHeight: Math.max(Math.min(250, (down ? below : box.top) - 8), 90) + "px",
      top: down ? box.bottom + 2 + "px" : "auto", bottom: down ? "auto" : window.innerHeight - box.top + 2 + "px",
    });
  }

  // `act` has: words(one), a bold line and a plain one; take(one); enter() where none is chosen; leave() on Escape.
  overflight.optionsOf = (label, named, act) => {
    const input = make("input"), list = make("ul", "of-options"), box = make("div", "of-place-field");
    let found = [], at = -1;
    list.id = "of-options-" + (made += 1);
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", named);
    list.hidden = true;
    Object.entries({
      type: "text", role: "combobox", "aria-label": label, "aria-expanded": "false", "aria-controls": list.id,
      "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false",
    }).forEach(([name, value]) => input.setAttribute(name, value));
    box.append(input, list);

    function show(all) {
      found = all;
      at = -1;
      list.replaceChildren(...all.map((one, nth) => {
        const row = make("li"), [bold, plain] = act.words(one);
        row.id = list.id + "-" + nth;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        row.append(make("b", "", bold), make("span", "", plain));
        // before the field loses the focus, and with it the list
        row.addEventListener("pointerdown", (event) => { event.preventDefault(); act.take(one); });
        return row;
      }));
      list.hidden = !all.length;
      place(list, input);
      input.setAttribute("aria-expanded", String(!list.hidden));
      input.removeAttribute("aria-activedescendant");
    }
    function move(step) {
      if (!found.length) return;
      at = (at + step + found.length) % found.length;
      [...list.children].forEach((row, nth) => row.setAttribute("aria-selected", String(nth === at)));
      list.children[at].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", list.children[at].id);
    }
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        move(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (at >= 0) act.take(found[at]); else act.enter();
      } else if (event.key === "Escape") {
        event.stopPropagation();
        act.leave();
      }
    });
    // The list stays at its field, as when an answer moves it; out of sight it is of no use.
    byId("of-panel").addEventListener("scroll", () => {
      if (list.hidden) return;
      const field = input.getBoundingClientRect(), panel = byId("of-panel").getBoundingClientRect();
      if (field.bottom < panel.top || field.top > panel.bottom) show([]); else place(list, input);
    });
    return { box, input, show };
  };
})();
