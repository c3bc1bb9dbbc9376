/* The form beside the map: waypoints and rule as fields; what is wrong stands at the field that it is about. */
(() => {
  "use strict";
  const { byId, make } = overflight;
  const FIELDS = { avoid: "of-avoid", never: "of-never", allow: "of-allow", operator: "of-operator", margin: "of-margin", on: "of-date" };
  const listOf = (text, mark) => text.split(mark).map((part) => part.trim()).filter(Boolean);

  function button(text, label, act) {
    const made = make("button", "", text);
    made.type = "button";
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  }

  // `act` has: place(nth, text), add(nth) after a waypoint, remove(nth), set(keys).
  overflight.makeForm = (act) => {
    const rows = [];
    function row(nth) {
      const item = make("li"), name = make("span", "of-stop-name");
      const field = overflight.placeField("Waypoint " + (nth + 1), (text) => act.place(nth, text));
      const add = button("+", "Add a waypoint after waypoint " + (nth + 1), () => act.add(nth));
      const remove = button("×", "Remove waypoint " + (nth + 1), () => act.remove(nth));
      const number = make("span", "of-handle", String(nth + 1));
      number.setAttribute("aria-hidden", "true");
      item.append(number, field.box, add, remove, name);
      byId("of-stops").append(item);
      return { item, field, add, remove, name };
    }
    byId("of-avoid").addEventListener("change", () => act.set({ avoid: listOf(byId("of-avoid").value, ";") }));
    byId("of-never").addEventListener("change", () => act.set({ never: listOf(byId("of-never").value, ";") }));
    byId("of-allow").addEventListener("change", () => act.set({ allow: listOf(byId("of-allow").value, /[,;\s]+/).map((code) => code.toUpperCase()) }));
    byId("of-operator").addEventListener("change", () => act.set({ operator: byId("of-operator").value.trim() }));
    byId("of-margin").addEventListener("change", () => act.set({ margin: byId("of-margin").value.trim() }));

    return {
      show(keys) {
        while (rows.length > keys.waypoints.length) rows.pop().item.remove();
        while (rows.length < keys.waypoints.length) rows.push(row(rows.length));
        byId("of-stops").classList.toggle("of-long", rows.length > 8);
        rows.forEach(({ field, add, remove }, nth) => {
          const value = keys.waypoints[nth];
          field.set(typeof value === "string" ? value : value[1] + "," + value[0]);
          add.hidden = nth === rows.length - 1;
          remove.disabled = rows.length <= 2;
        });
        [["of-avoid", (keys.avoid || []).join("; ")], ["of-never", (keys.never || []).join("; ")], ["of-allow", (keys.allow || []).join(", ")], ["of-operator", keys.operator || ""], ["of-margin", keys.margin || ""]]
          .forEach(([name, value]) => { if (document.activeElement !== byId(name)) byId(name).value = value; });
      },
      // What each waypoint is called, where that says more than what was typed.
      name(stops) {
        rows.forEach(({ name, field }, nth) => {
          const words = stops[nth] ? stops[nth].name : "";
          name.textContent = words === field.input.value ? "" : words;
        });
      },
      blame(at) {
        const wrong = new Set();
        if (at[0] === "waypoints" && rows[at[1]]) wrong.add(rows[at[1]].field.input);
        else if (Object.hasOwn(FIELDS, at[0])) wrong.add(byId(FIELDS[at[0]]));
        // What is wrong is said where it is, or below the verdict.
        const beside = [...wrong].map((input) => input.closest("label, li, .of-when"))[0] || byId("of-answer");
        const list = beside.closest("ol");
        (list || beside).after(byId("of-trouble"));
        [...rows.map((one) => one.field.input), ...Object.values(FIELDS).map(byId)].forEach((input) => {
          if (wrong.has(input)) {
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
