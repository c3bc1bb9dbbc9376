/* The best routes that obey: searched on demand, listed, flown by a click; forgotten when the question is another. */
(() => {
  "use strict";
  const { byId, make, same } = overflight;
  const subjectOf = (keys) => [keys.waypoints[0], keys.waypoints[keys.waypoints.length - 1], keys.on, keys.avoid, keys.never, keys.operator, keys.margin];

  // `use` is told the keys of the route that is to be flown, `show` what was found or null, `done` when a search is over,
  // `trouble` what went wrong with it.
  overflight.makeFinder = (draft, { use, show, done, trouble }) => {
    let found = null, under = null, early = null;

    const rows = (routes) => routes.map((route, nth) => {
      const item = make("li"), row = make("button", "of-route"), length = make("span", "of-km");
      row.type = "button";
      row.setAttribute("aria-label", "Fly route " + (nth + 1) + ": " + route.name + ", " + route.km);
      length.append(make("b", "", route.km), make("span", "", route.extension));
      row.append(make("span", "of-badge", String(nth + 1)), make("span", "of-name", route.name), length, ...overflight.costOf(route), overflight.verdictOf(route, true));
      row.addEventListener("click", () => use(route.keys));
      item.append(row);
      return item;
    });
    // What is found while the search goes on, in the order in which it is; flying one of these stops the search.
    function showEarly(routes) {
      if (found) return;
      const list = byId("of-found");
      early = under.subject;
      rows(routes).slice(list.children.length).forEach((item) => list.append(item));
    }
    function forgetEarly() {
      early = null;
      byId("of-found").replaceChildren();
    }
    // Another aircraft, or another wind: the routes stay what they are, and take something else.
    const flown = (keys) => [keys.aircraft, keys.wind];
    async function recost() {
      const asked = found, by = flown(draft.keys);
      if (!found || same(found.by, by)) return;
      found.by = by;
      const { costs } = await overflight.ask("/costs", { keys: draft.keys, others: others() });
      if (found !== asked || !same(found.by, by)) return;
      found.routes = found.routes.map((route, nth) => ({ ...route, cost: costs[nth] }));
      byId("of-found").replaceChildren(...rows(found.routes));
      mark();
    }
    const others = () => found ? found.routes.map((route, nth) => ({ name: (nth + 1) + " " + route.name.slice(0, 150), ...route.keys })) : [];
    function mark() {
      found.routes.forEach((route, nth) => byId("of-found").children[nth].firstChild.setAttribute(
        "aria-pressed", String(same(route.keys.waypoints, draft.keys.waypoints))));
    }
    function list() {
      byId("of-found").replaceChildren(...rows(found.routes));
      byId("of-finding").textContent = [found.headline, found.finding].filter(Boolean).join(" ");
      byId("of-finding").hidden = false;
      byId("of-search-title").scrollIntoView({ block: "start" });
    }
    async function search() {
      under = new AbortController();
      const allow = draft.keys.allow || [], since = Date.now(), by = flown(draft.keys);
      Object.assign(under, { subject: subjectOf(draft.keys), allow });
      byId("of-stop").hidden = false;
      byId("of-stop").focus();
      byId("of-search").disabled = true;
      let news = "", ended = "";
      if (early) forgetEarly();
      const say = () => { byId("of-progress").textContent = (news || "Looking for routes that obey") + " … " + Math.round((Date.now() - since) / 1000) + " s"; };
      say();
      const clock = setInterval(() => {
        say();
        const asked = under;
        overflight.ask("/news", undefined, under.signal).then((answer) => {
          if (under !== asked || under.signal.aborted) return;
          news = answer.news;
          showEarly(answer.found);
        }, () => {});
      }, 500);
      try {
        const answer = await overflight.ask("/routes", { keys: draft.keys }, under.signal);
        early = null;
        found = { ...answer, by, subject: under.subject, allowed: [allow, ...answer.routes.map((route) => route.keys.allow)] };
        list();
        await show(found);
        const many = found && found.routes.length > 1;
        ended = found ? found.routes.length + (many ? " routes" : " route") + ": the great circle"
          + (many ? "; those that trade consents for length; other ways." : ".") : "";
        trouble(null);
      } catch (error) {
        if (error.name === "AbortError") ended = "Stopped.";
        else trouble(error);
      }
      clearInterval(clock);
      under = null;
      byId("of-progress").textContent = ended;
      done();
      if (document.activeElement === byId("of-stop")) (byId("of-search").disabled ? document.querySelector("#of-avoid-chips input") : byId("of-search")).focus();
      byId("of-stop").hidden = true;
    }
    byId("of-search").addEventListener("click", search);
    byId("of-stop").addEventListener("click", () => { if (under) under.abort(); });
    return {
      get busy() { return Boolean(under); },
      // What a map to take away shows beside the route.
      get others() { return others(); },
      use(nth) { use(found.routes[nth].keys); },
      // The proposal has changed: what was found for another question is no answer; marks which route is flown.
      follow() {
        const { keys } = draft, subject = subjectOf(keys);
        if (under && !(same(under.subject, subject) && same(under.allow, keys.allow || []))) under.abort();
        if (early && !same(early, subject)) forgetEarly();
        if (!found) return;
        if (same(found.subject, subject) && found.allowed.some((allow) => same(allow, keys.allow || []))) {
          mark();
          recost().catch(trouble);
          return;
        }
        found = null;
        byId("of-found").replaceChildren();
        byId("of-finding").hidden = true;
        if (!under) byId("of-progress").textContent = "";
        show(null);
      },
    };
  };
})();
