/* Handles on the route: one on each waypoint, one in the middle of each leg; for mouse, finger and keyboard. */
(() => {
  "use strict";
  const { latlng, letter, make } = overflight;
  const STEP_PX = 8, FAR_PX = 48;
  // With more waypoints than this, their numbers would hide each other.
  const MANY = 12;
  const EDGE_PX = [40, 40];
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function icon(kind, text) {
    const dot = make("span", kind, text);
    dot.setAttribute("aria-hidden", "true");
    return L.divIcon({ className: "of-grip", iconSize: [28, 28], html: dot });
  }

  // `act` has: grab(nth) before a waypoint moves, move(nth, at) while it does, drop(nth, nudged) after; add(nth, at) puts
  // one into leg nth and leaves it in the hand, insert(nth, at) lets it go there; remove(nth).
  overflight.makeHandles = (map, act) => {
    let points = [], middles = [], held = null;

    function reposition(marker, at) {
      if (marker !== held) marker.setLatLng(latlng(at));
    }
    function nudge(marker, event) {
      const step = event.shiftKey ? FAR_PX : STEP_PX;
      const [x, y] = ARROWS[event.key];
      const moved = map.latLngToContainerPoint(marker.getLatLng()).add([x * step, y * step]);
      marker.setLatLng(map.containerPointToLatLng(moved));
      map.panInside(marker.getLatLng(), { padding: EDGE_PX, animate: false });
      return marker.getLatLng();
    }
    function dropped(marker, nth) {
      held = null;
      map.panInside(marker.getLatLng(), { padding: EDGE_PX, animate: false });
      act.drop(nth);
    }
    // What a marker does with a key is no business of the map's.
    function onKey(marker, does) {
      marker.on("add", () => {
        marker.getElement().setAttribute("role", "button");
        marker.getElement().addEventListener("keydown", (event) => {
          if (!does(event)) return;
          event.preventDefault();
          event.stopPropagation();
        });
      });
    }
    function waypoint(nth) {
      const marker = L.marker([0, 0], { pane: "handles", draggable: true, keyboard: true, autoPan: true, autoPanOnFocus: false, icon: icon("of-handle", letter(nth)) });
      marker.on("dragstart", () => { held = marker; act.grab(nth); });
      marker.on("drag", () => act.move(nth, marker.getLatLng()));
      marker.on("dragend", () => dropped(marker, nth));
      // A finger that rests on it asks for the menu, too.
      marker.on("contextmenu dblclick", (event) => {
        L.DomEvent.preventDefault(event.originalEvent);
        if (held === null) act.remove(nth);
      });
      onKey(marker, (event) => {
        if (ARROWS[event.key]) {
          act.grab(nth);
          act.move(nth, nudge(marker, event));
          act.drop(nth, true);
        } else if (event.key === "Delete" || event.key === "Backspace") act.remove(nth);
        else return false;
        return true;
      });
      return marker.addTo(map);
    }
    function middle(nth) {
      const marker = L.marker([0, 0], { pane: "middles", draggable: true, keyboard: true, autoPan: true, autoPanOnFocus: false, icon: icon("of-middle", "+") });
      marker.on("dragstart", () => { held = marker; act.add(nth, marker.getLatLng()); });
      // it is the new waypoint until it is let go
      marker.on("drag", () => act.move(nth + 1, marker.getLatLng()));
      marker.on("dragend", () => dropped(marker, nth + 1));
      marker.on("click", () => act.insert(nth, marker.getLatLng()));
      onKey(marker, (event) => {
        if (!ARROWS[event.key] && event.key !== "Enter" && event.key !== " ") return false;
        act.insert(nth, ARROWS[event.key] ? nudge(marker, event) : marker.getLatLng());
        return true;
      });
      return marker.addTo(map);
    }
    function fitted(markers, count, create) {
      while (markers.length > count) markers.pop().remove();
      while (markers.length < count) markers.push(create(markers.length));
      return markers;
    }
    return {
      get held() { return held !== null; },
      // Which waypoint has the focus, for a map that is made anew; -1 for none.
      get focused() { return points.findIndex((marker) => marker.getElement() === document.activeElement); },
      show(stops, between) {
        map.getContainer().classList.toggle("of-many", stops.length > MANY);
        // While one is held, markers come and go after it is dropped.
        if (held === null) {
          points = fitted(points, stops.length, waypoint);
          middles = fitted(middles, between.length, middle);
          middles.forEach((marker, nth) => {
            marker.setLatLng(latlng(between[nth]));
            const element = marker.getElement();
            element.setAttribute("aria-label", "Add a waypoint between " + letter(nth) + " and " + letter(nth + 1) + ": Enter, or an arrow key");
            // Of many, the list beside the map has a button each.
            element.tabIndex = stops.length > MANY ? -1 : 0;
          });
        }
        points.forEach((marker, nth) => {
          if (held !== null && stops.length !== points.length) return;
          reposition(marker, stops[nth].at);
          marker.getElement().setAttribute("aria-label",
            "Waypoint " + letter(nth) + ", " + stops[nth].name + ": arrow keys move it, with shift farther; Delete removes it");
        });
      },
      focus(nth) { if (points[nth]) points[nth].getElement().focus({ preventScroll: true }); },
    };
  };
})();
