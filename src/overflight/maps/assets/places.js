/* A field for a place: a code, a coordinate, or the beginning of a name, with a list of the airports that it may mean. */
(() => {
  "use strict";
  const PAUSE_MS = 120;
  // a coordinate has no name
  const PLAIN = /^[-+\d]/;

  overflight.placeField = (label, choose) => {
    const { box, input, show } = overflight.optionsOf(label, "Airports", {
      words: (place) => [place.code, [place.city, place.name].filter(Boolean).join(", ") + " · " + place.country],
      take: (place) => done(place.code), enter: () => settle(), leave: () => done(kept),
    });
    input.maxLength = 60;
    let timer = 0, asked = "", kept = "", looking = "";

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
    input.addEventListener("blur", settle);
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
