/* A field for a place: a code, a coordinate, or the beginning of a name, with a list of the airports that it may mean. */
(() => {
  "use strict";
  const { make } = overflight;
  const PAUSE_MS = 120;
  // a coordinate has no name
  const PLAIN = /^[-+\d]/;
  let made = 0;

  // Puts a list beside its field, whatever around it scrolls.
  overflight.placeBeside = (list, input) => {
    const box = input.getBoundingClientRect(), below = window.innerHeight - box.bottom;
    const down = below > 200 || below > box.top;
    Object.assign(list.style, {
      left: Math.max(Math.min(box.left, window.innerWidth - 298), 8) + "px", maxHeight: Math.max(Math.min(250, (down ? below : box.top) - 8), 90) + "px",
      top: down ? box.bottom + 2 + "px" : "auto", bottom: down ? "auto" : window.innerHeight - box.top + 2 + "px",
    });
  };

  overflight.placeField = (label, choose) => {
    const list = make("ul", "of-options"), input = make("input"), box = make("div", "of-place-field");
    list.id = "of-options-" + (made += 1);
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Airports");
    list.hidden = true;
    Object.entries({
      type: "text", role: "combobox", "aria-label": label, "aria-expanded": "false", "aria-controls": list.id,
      "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", maxlength: 60,
    }).forEach(([name, value]) => input.setAttribute(name, value));
    box.append(input, list);
    let found = [], at = -1, timer = 0, asked = "", kept = "", looking = "";

    function show(places) {
      found = places;
      at = -1;
      list.replaceChildren(...places.map((place, nth) => {
        const row = make("li");
        row.id = list.id + "-" + nth;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        row.append(make("b", "", place.code), make("span", "", [place.city, place.name].filter(Boolean).join(", ") + " · " + place.country));
        // before the field loses the focus, and with it the list
        row.addEventListener("pointerdown", (event) => { event.preventDefault(); take(nth); });
        return row;
      }));
      list.hidden = !places.length;
      overflight.placeBeside(list, input);
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
    function take(nth) {
      input.value = found[nth].code;
      done(input.value);
    }
    function done(value) {
      clearTimeout(timer);
      asked = "";
      show([]);
      input.value = value;
      if (value === kept) return;
      kept = value;
      choose(kept);
    }
    const look = async (typed) => (await overflight.ask("/places?q=" + encodeURIComponent(typed)).catch(() => ({ places: [] }))).places;
    // What was typed is a place by itself, or the likeliest airport of that name.
    async function settle() {
      const typed = input.value.trim();
      if (!typed || typed === kept) { done(kept); return; }
      if (PLAIN.test(typed)) { done(typed); return; }
      looking = typed;
      const places = await look(typed);
      if (looking !== typed) return;
      looking = "";
      if (input.value.trim() !== typed) return;
      if (places.length && places[0].alone) done(places[0].exact ? typed : places[0].code);
      // Of several, nobody chooses but the reader; who leaves the field is told which there are.
      else if (places.length && document.activeElement === input) show(places);
      else done(typed);
    }
    input.addEventListener("input", () => {
      clearTimeout(timer);
      const typed = input.value.trim();
      asked = typed;
      if (typed.length < 2 || PLAIN.test(typed)) { show([]); return; }
      timer = setTimeout(async () => {
        const places = await look(typed);
        if (asked === typed) show(places);
      }, PAUSE_MS);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        move(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (at >= 0) take(at); else settle();
      } else if (event.key === "Escape") {
        event.stopPropagation();
        done(kept);
      }
    });
    input.addEventListener("blur", settle);
    overflight.byId("of-panel").addEventListener("scroll", () => { if (!list.hidden) show([]); });
    return {
      box, input,
      // What is being typed or looked up stays.
      set(value) {
        kept = value;
        if (document.activeElement !== input && !looking) input.value = value;
      },
    };
  };
})();
