/* The rules as chips: what to keep out of, but for whom, who can't be asked, whose consent is assumed; and as text. */
(() => {
  "use strict";
  const { byId } = overflight;
  const joined = (names) => names.length > 1 ? "(" + names.join(" | ") + ")" : names[0];
  const textOf = ({ of, but }) => but.length ? joined(of) + " - " + joined(but) : of.join(" | ");
  const without = (list, nth) => list.filter((_, at) => at !== nth);
  const more = (list, codes) => [...list, ...codes.filter((code) => !list.includes(code))];

  // `known` has the states and blocs that there are; `set` takes changed keys.
  overflight.makeRules = (known, set) => {
    const states = overflight.choices(known.states.map(({ code, name }) => ({ code, label: name })));
    const all = [...overflight.choices(known.blocs.map(({ name, label, words }) => ({ code: name, label, words }))), ...states];
    const labels = new Map(all.map(({ code, label }) => [code.toLowerCase(), label]));
    const labelOf = (code) => labels.get(code.toLowerCase()) || code;
    const isBloc = (code) => known.blocs.some(({ name }) => name === code.toLowerCase());
    let keys = { avoid: [], never: [] }, parts = [];

    // One rule that is a list, less another, has a chip for each name; of several, or of any other, each is a chip.
    const single = () => {
      const { avoid } = keys;
      if (!avoid.length) return { of: [], but: [] };
      const found = avoid.length === 1 && parts.find(({ text }) => text === avoid[0]);
      return found && found.of ? found : null;
    };
    function setRule({ of, but }) {
      const text = of.length ? textOf({ of, but }) : "";
      parts = [{ text, of, but, words: text }, ...parts];
      set({ avoid: text ? [text] : [] });
    }

    const avoid = overflight.chipField(byId("of-avoid-chips"), {
      label: "Keep out of", hint: "e.g. Poland, EU states", choices: all,
      act: {
        add(codes) {
          const rule = single();
          if (rule) setRule({ of: more(rule.of, codes), but: rule.but.filter((code) => !codes.includes(code)) });
          else set({ avoid: more(keys.avoid, codes) });
        },
        text: (typed) => set({ avoid: [...keys.avoid, typed] }),
        remove(nth) {
          const rule = single();
          if (rule) setRule({ of: without(rule.of, nth), but: rule.but });
          else set({ avoid: without(keys.avoid, nth) });
        },
      },
    });
    const but = overflight.chipField(byId("of-but-chips"), {
      label: "Except", hint: "e.g. Hungary", choices: states,
      act: {
        add(codes) { const rule = single(); setRule({ of: rule.of, but: more(rule.but, codes) }); },
        text(typed) { const rule = single(); setRule({ of: rule.of, but: [...rule.but, "(" + typed + ")"] }); },
        remove(nth) { const rule = single(); setRule({ of: rule.of, but: without(rule.but, nth) }); },
      },
    });
    const allow = overflight.chipField(byId("of-allow-chips"), {
      label: "Consent assumed", hint: "e.g. Poland, Slovakia", choices: states,
      act: {
        add: (codes) => set({ allow: more(keys.allow || [], codes) }),
        text: (typed) => set({ allow: more(keys.allow || [], typed.split(/,| and /).map((code) => code.trim()).filter(Boolean)) }),
        remove: (nth) => set({ allow: without(keys.allow, nth) }),
      },
    });
    const never = overflight.chipField(byId("of-never-chips"), {
      label: "Can't be asked", hint: "e.g. closed, Ukraine", choices: all,
      act: {
        add: (codes) => set({ never: more(keys.never || [], codes) }),
        text: (typed) => set({ never: [...keys.never, typed] }),
        remove: (nth) => set({ never: without(keys.never, nth) }),
      },
    });
    const text = byId("of-avoid");
    text.addEventListener("change", () => set({ avoid: text.value.split(";").map((part) => part.trim()).filter(Boolean) }));

    return {
      // Where what is wrong with a key can be put right.
      fields: () => new Map([["avoid", byId("of-language").open ? text : avoid.input], ["never", never.input], ["allow", allow.input]]),
      inputs: [text, avoid.input, but.input, never.input, allow.input],
      // `found` is what the server made of the rules, if it could read them.
      show(next, found) {
        keys = next;
        if (found) {
          parts = ["avoid", "never"].flatMap((key) => found[key].map((one, nth) => ({ ...one, text: keys[key][nth] })));
          parts.forEach(({ names }) => Object.entries(names).forEach(([code, label]) => labels.set(code.toLowerCase(), label)));
        }
        const rule = single(), wordsOf = (text) => (parts.find((part) => part.text === text) || { words: labelOf(text) }).words;
        avoid.show(rule ? rule.of.map(labelOf) : keys.avoid.map(wordsOf));
        but.show(rule ? rule.but.map(labelOf) : []);
        byId("of-but-chips").hidden = !(rule && rule.of.some(isBloc));
        never.show(keys.never.map(wordsOf));
        allow.show((keys.allow || []).map(labelOf));
        if (document.activeElement !== text) text.value = keys.avoid.join("; ");
      },
    };
  };
})();
