/* The what-if page: what is drawn is judged by the server while it moves, and told in words. */
(async () => {
  "use strict";
  const { byId, make, same, typed } = overflight;
  const opened = await overflight.askPlain("/start").catch((error) => { byId("of-headline").textContent = error.message; throw error; });
  const draft = overflight.makeDraft(opened.keys);

  // ---- The verdict, in words.
  let last = null;
  function tell(answer) {
    const { route } = answer, { keys } = draft;
    byId("of-title").textContent = answer.title;
    document.title = answer.title + ": what if?";
    byId("of-lead").textContent = answer.on + (answer.rule ? " · keep out of: " + answer.rule.long : "");
    const said = answer.headline || (keys.avoid && keys.avoid.length ? "The rule has no member on this date." : "No rule to obey: name one below.");
    // said anew only where it differs, for those who hear it
    if (byId("of-headline").textContent !== said) byId("of-headline").textContent = said;
    byId("of-doubt").textContent = answer.doubt ? "Note: " + answer.doubt + "." : "";
    byId("of-figures").textContent = route.km + (route.extension ? ", " + route.extension : "");
    byId("of-answer").dataset.status = answer.rule ? route.status : "";
    byId("of-crossed").replaceChildren(overflight.verdictOf(route, answer.rule), overflight.tableOf(route, 0));
    byId("of-detail-0").hidden = false;
    overflight.makeLegend(board.scene);
    overflight.makeNotes(board.scene);
    form.name(route.stops);
  }
  function trouble(error) {
    const refused = error instanceof overflight.Refusal;
    if (error && !refused) console.error(error);
    form.blame(refused ? error.at : []);
    byId("of-trouble").hidden = !error;
    byId("of-trouble").textContent = error ? error.message : "";
    byId("of-answer").classList.toggle("of-stale", Boolean(error));
    if (error && !last) byId("of-headline").textContent = "Nothing is judged yet.";
  }

  // ---- Asking: what is drawn now, and, once it rests, the ground below it and the calendar.
  // What the hand holds moves in sight; what is typed or undone may lie out of it.
  let resting = false, elsewhere = false, ground = "", calendarFor = null, turnsFor = null;
  const live = overflight.latest(async () => {
    const { keys } = draft;
    try {
      let answer = await overflight.ask("/check", { keys, ground });
      if (resting && !answer.fits && !board.held) {
        const below = await overflight.ask("/ground", { keys, others: finder.others });
        // A map is not taken from under a hand; what it drops is asked about anew.
        if (board.held) return;
        board.build(below, answer.route);
        ground = board.id;
        // the route, on the turn of the Earth that this ground has
        answer = await overflight.ask("/check", { keys, ground });
      }
      if (board.scene) {
        last = answer;
        board.draw(last);
        if (resting && !board.held) {
          if (elsewhere && !board.shows(last.route)) board.fit();
          if (keys === draft.keys) elsewhere = false;
        }
        tell(last);
      }
      trouble(null);
    } catch (error) {
      trouble(error);
    }
  }, (busy) => byId("of-answer").setAttribute("aria-busy", String(busy)));
  async function rest() {
    resting = true;
    await live();
    resting = false;
  }
  function buttons() {
    const useful = {
      "of-undo": draft.undoable, "of-redo": draft.redoable, "of-direct": draft.keys.waypoints.length > 2,
      "of-search": !finder.busy && (draft.keys.avoid || []).length > 0,
    };
    Object.entries(useful).forEach(([name, on]) => { if (on) byId(name).disabled = false; });
    Object.entries(useful).forEach(([name, on]) => {
      // a button that is of no use any longer would take the focus with it
      if (!on && document.activeElement === byId(name)) (["of-undo", "of-redo"].map(byId).find((other) => other !== byId(name) && !other.disabled) || byId("of-save")).focus();
      byId(name).disabled = !on;
    });
  }
  async function settled() {
    const { keys } = draft;
    form.show(keys);
    calendar.set(keys.on);
    draft.keep();
    buttons();
    finder.follow();
    turns();
    await rest();
    const asked = [draft.keys.avoid || [], draft.keys.never || [], draft.keys.operator];
    if (same(calendarFor, asked)) return;
    calendarFor = asked;
    try {
      const { changes } = await overflight.ask("/changes", { keys: draft.keys });
      if (same(calendarFor, asked)) calendar.mark(changes);
    } catch {
      calendarFor = null;
    }
  }
  // The days on which the verdict on this route changes hang on all but the date, and are asked for once it rests.
  const judgedBy = () => ({ ...draft.keys, on: "", depart: "", name: "" });
  const askTurns = overflight.latest(async () => {
    const asked = judgedBy();
    let found = [];
    try {
      if ((asked.avoid || []).length) found = (await overflight.ask("/when", { keys: draft.keys })).changes;
    } catch {
      turnsFor = null;
    }
    if (same(asked, judgedBy())) calendar.turn(found);
  }, () => {});
  function turns() {
    if (same(turnsFor, judgedBy())) return;
    turnsFor = judgedBy();
    calendar.turn([]);
    askTurns();
  }
  function change(next, outOfSight = false) {
    elsewhere = elsewhere || outOfSight;
    draft.settle(next);
    settled();
  }

  // ---- What can be done: on the map, in the form, in the list of what was found.
  const act = {
    grab: draft.hold,
    move(nth, at) {
      if (nth >= draft.keys.waypoints.length) return;
      // Mercator goes no farther
      const lat = board.scene.pole ? at.lat : Math.max(-84, Math.min(84, at.lat));
      draft.sketch(draft.points((points) => { points[nth] = typed({ lat, lng: at.lng }); }));
      live();
    },
    drop(nth) {
      draft.settle({});
      settled().then(() => { if (document.activeElement === document.body) board.focus(nth); });
    },
    add(nth, at) {
      draft.hold();
      draft.sketch(draft.points((points) => points.splice(nth + 1, 0, typed(at))));
    },
    remove(nth) {
      if (draft.keys.waypoints.length <= 2) return;
      const onMap = board.focused >= 0;
      change(draft.points((points) => points.splice(nth, 1)));
      if (onMap) board.focus(Math.min(nth, draft.keys.waypoints.length - 1));
    },
  };
  const board = overflight.makeBoard(act, (nth) => finder.use(nth));
  const finder = overflight.makeFinder(draft, {
    use: (keys) => change(keys, true),
    async show(found) {
      board.show(found);
      if (!found) return;
      finder.follow();
      ground = "";
      await rest();
      if (!board.held) board.fit();
    },
    done: buttons,
    trouble,
  });
  const form = overflight.makeForm({
    place: (nth, text) => change(draft.points((points) => { points[nth] = text; }), true),
    add(nth) {
      if (!last || !last.middles[nth]) return;
      const [lng, lat] = last.middles[nth];
      change(draft.points((points) => points.splice(nth + 1, 0, typed({ lat, lng }))));
      form.focus(nth + 1);
    },
    remove(nth) {
      act.remove(nth);
      form.focus(Math.min(nth, draft.keys.waypoints.length - 1));
    },
    set: (next) => change(next),
  });
  const calendar = overflight.makeCalendar(opened.today, (on) => {
    draft.hold();
    draft.sketch(draft.dated(on));
    live();
  }, (on) => change(draft.dated(on)));
  function travel(back) {
    // what is in the hand is dropped first
    if (board.held || draft.held || !(back ? draft.undoable : draft.redoable)) return;
    if (back) draft.undo(); else draft.redo();
    elsewhere = true;
    settled().then(() => { if (document.activeElement === document.body) byId(draft.undoable ? "of-undo" : "of-redo").focus(); });
  }
  byId("of-undo").addEventListener("click", () => travel(true));
  byId("of-redo").addEventListener("click", () => travel(false));
  byId("of-reverse").addEventListener("click", () => change({ waypoints: [...draft.keys.waypoints].reverse() }));
  byId("of-direct").addEventListener("click", () => change({ waypoints: [draft.keys.waypoints[0], draft.keys.waypoints[draft.keys.waypoints.length - 1]] }));
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.matches("input[type=text]")) return;
    event.preventDefault();
    travel(!event.shiftKey);
  });
  window.addEventListener("hashchange", () => {
    if (!draft.reread()) { draft.keep(); return; }
    elsewhere = true;
    settled();
  });
  function downloads(name, path, content) {
    let busy = false;
    byId(name).addEventListener("click", async () => {
      if (busy) return;
      busy = true;
      await overflight.download(path, content()).then(() => trouble(null), trouble);
      busy = false;
    });
  }
  downloads("of-save", "/proposal", () => ({ keys: draft.keys }));
  downloads("of-share", "/map", () => ({ keys: draft.keys, others: finder.others }));
  byId("of-fold").addEventListener("click", () => {
    const folded = byId("of-panel").classList.toggle("of-folded");
    byId("of-fold").textContent = folded ? "Show panel" : "Hide panel";
    byId("of-fold").setAttribute("aria-expanded", String(!folded));
  });

  opened.blocs.forEach((bloc) => {
    const option = make("option");
    option.value = bloc.name;
    option.label = bloc.words;
    byId("of-blocs").append(option);
  });
  byId("of-key").open = byId("of-map").clientWidth > 600 && window.innerHeight > 560;
  await settled();
  document.documentElement.dataset.ready = "true";
})();
