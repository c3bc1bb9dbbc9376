/* The verdict on what is drawn, in words; and what is wrong, beside the field that it is about. */
(() => {
  "use strict";
  const { byId } = overflight;

  // `form` shows the keys that were judged, `board` has the map; both are asked for when there is something to tell.
  overflight.makeTelling = (form, board) => {
    let told = false;
    // said anew only where it differs, for those who hear it
    function headline(text) { if (byId("of-headline").textContent !== text) byId("of-headline").textContent = text; }
    return {
      verdict(answer, keys) {
        const { route } = answer;
        told = true;
        byId("of-title").textContent = answer.title;
        document.title = answer.title + ": what if?";
        byId("of-lead").textContent = answer.on + (answer.rule ? " · keep out of: " + answer.rule.long : "");
        headline(answer.headline || ([...(keys.avoid || []), ...(keys.never || [])].length ? "The rule has no member on this date." : "No rule to obey: name one below."));
        byId("of-doubt").textContent = answer.doubt ? "Note: " + answer.doubt + "." : "";
        byId("of-figures").textContent = route.km + (route.extension ? ", " + route.extension : "");
        byId("of-taken").textContent = route.cost.words;
        byId("of-costs").textContent = answer.costs;
        byId("of-answer").dataset.status = answer.rule ? route.status : "";
        byId("of-crossed").replaceChildren(overflight.verdictOf(route, answer.rule), overflight.tableOf(route, 0));
        byId("of-detail-0").hidden = false;
        form().show(keys, answer.rules);
        form().name(route.stops, answer.over);
      },
      // What hangs on the map below the route.
      map() {
        overflight.makeLegend(board().scene);
        overflight.makeNotes(board().scene);
      },
      trouble(error) {
        const refused = error instanceof overflight.Refusal;
        if (error && !refused) console.error(error);
        form().blame(refused ? error.at : []);
        byId("of-trouble").hidden = !error;
        byId("of-trouble").textContent = error ? error.message : "";
        byId("of-answer").classList.toggle("of-stale", Boolean(error));
        if (error && !told) headline("Nothing is judged yet.");
      },
      // While it is on, what is said is about what was drawn before.
      waiting(on) { ["of-answer", "of-crossed"].forEach((name) => byId(name).setAttribute("aria-busy", String(on))); },
    };
  };
})();
