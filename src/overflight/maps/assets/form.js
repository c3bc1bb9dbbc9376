/* The form beside the map: waypoints and rules as fields; what is wrong stands at the field that it is about. */
(() => {
  "use strict";
  const { byId, letter, make } = overflight;
  const MARGIN = /^(\d+(?:\.\d+)?|\.\d+)\s*(nm|km|m)?$/i;

  function button(text, label, act) {
    const made = make("button", "", text);
    made.type = "button";
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  }

  // A number with its unit beside it; what is typed with a unit has that.
  function marginField(set) {
    const field = byId("of-margin"), unit = byId("of-margin-unit");
    function settle() {
      const typed = field.value.trim(), match = MARGIN.exec(typed);
      if (match && match[2]) unit.value = match[2].toLowerCase();
      set({ margin: match ? match[1] + unit.value : typed });
    }
    field.addEventListener("change", settle);
    unit.addEventListener("change", () => { if (field.value.trim()) settle(); });
    return (margin) => {
      const match = MARGIN.exec(margin);
      if (match && match[2]) unit.value = match[2].toLowerCase();
      if (document.activeElement !== field) field.value = match ? match[1] : margin;
    };
  }

  // What flies, and in what wind; what a proposal names and the list has not is in it, too.
  function flownFields(known, set) {
    const flies = byId("of-aircraft"), wind = byId("of-wind");
    const offer = (name, words) => { const one = make("option", "", words); one.value = name; flies.append(one); };
    known.forEach((one) => offer(one.name, one.words));
    flies.addEventListener("change", () => set({ aircraft: flies.value }));
    wind.addEventListener("change", () => set({ wind: wind.value }));
    return (keys) => {
      const name = String(keys.aircraft || "narrow-body");
      if (![...flies.options].some((one) => one.value === name)) offer(name, name);
      flies.value = name;
      wind.value = keys.wind || "none";
    };
  }

  // `act` has: place(nth, text), add(nth) after a waypoint, remove(nth), set(keys). `known`: the states and blocs there are.
  overflight.makeForm = (known, act) => {
    const rows = [], rules = overflight.makeRules(known, act.set), showMargin = marginField(act.set), showFlown = flownFields(known.aircraft, act.set);
    // a Map: what the server says is at fault may be called as what every object has
    const fields = new Map([["operator", "of-operator"], ["margin", "of-margin"], ["on", "of-date"], ["aircraft", "of-aircraft"], ["wind", "of-wind"]].map(([key, name]) => [key, byId(name)]));
    const fieldOf = (key) => fields.get(key) || rules.fields().get(key);
    function row(nth) {
      const item = make("li"), name = make("span", "of-stop-name");
      const field = overflight.placeField("Waypoint " + letter(nth), (text) => act.place(nth, text));
      const add = button("+", "Add a waypoint after waypoint " + letter(nth), () => act.add(nth));
      const remove = button("×", "Remove waypoint " + letter(nth), () => act.remove(nth));
      const mark = make("span", "of-handle", letter(nth));
      mark.setAttribute("aria-hidden", "true");
      item.append(mark, field.box, add, remove, name);
      byId("of-stops").append(item);
      return { item, field, add, remove, name };
    }
    byId("of-operator").addEventListener("change", () => act.set({ operator: byId("of-operator").value.trim() }));

    return {
      // `found` is what the server made of the rules, once it has.
      show(keys, found) {
        while (rows.length > keys.waypoints.length) rows.pop().item.remove();
        while (rows.length < keys.waypoints.length) rows.push(row(rows.length));
        byId("of-stops").classList.toggle("of-long", rows.length > 8);
        rows.forEach(({ field, add, remove }, nth) => {
          const value = keys.waypoints[nth];
          field.set(typeof value === "string" ? value : value[1] + "," + value[0]);
          add.hidden = nth === rows.length - 1;
          remove.disabled = rows.length <= 2;
        });
        rules.show({ ...keys, avoid: keys.avoid || [], never: keys.never || [] }, found);
        showMargin(keys.margin || "");
        showFlown(keys);
        if (document.activeElement !== byId("of-operator")) byId("of-operator").value = keys.operator || "";
      },
      // What each waypoint is called, or whose airspace it lies in, where that says more than what was typed.
      name(stops, over) {
        rows.forEach(({ name, field }, nth) => {
          const words = stops[nth] ? stops[nth].name : "";
          name.textContent = words === field.input.value ? over[nth] || "" : words;
        });
      },
      blame(at) {
        const wrong = at[0] === "waypoints" ? rows[at[1]] && rows[at[1]].field.input : fieldOf(at[0]);
        // What is wrong is said where it is, or below the verdict.
        const beside = (wrong && wrong.closest("label, li, .of-chips, .of-when, .of-distance, .of-flown")) || byId("of-answer");
        (beside.closest("ol") || beside).after(byId("of-trouble"));
        [...rows.map((one) => one.field.input), ...rules.inputs, ...fields.values()].forEach((input) => {
          if (input === wrong) {
            input.setAttribute("aria-invalid", "true");
            input.setAttribute("aria-errormessage", "of-trouble");
          } else {
            input.removeAttribute("aria-invalid");
            input.removeAttribute("aria-errormessage");
          }
        });
      },
      focus(nth) { if (rows[nth]) rows[nth].field.input.focus(); },
    };
  };
})();
