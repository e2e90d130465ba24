/* The layers as lanes. How long each took stands in the field Server-Timing of a server that
 * explains (https://www.w3.org/TR/server-timing/): name;dur=MILLISECONDS, a list of them.
 */
const layers = ["transport", "http", "fs", "server"];

/* From the field value, or null, to a map of layer to microseconds. Quoted strings go first: a
 * comma or semicolon in them separates nothing. Names that are no layer's are somebody else's. */
export function layerTimes(value) {
  const times = new Map();
  for (const metric of (value ?? "").replace(/"(\\.|[^"\\])*"/g, "").split(",")) {
    const [name, ...parameters] = metric.split(";").map((text) => text.trim());
    const duration = parameters.find((text) => /^dur\s*=\s*[0-9.]+$/i.test(text));
    if (duration && layers.includes(name))
      times.set(name, Math.round(parseFloat(duration.split("=")[1]) * 1000));
  }
  return times;
}

const microseconds = (number) => `${number.toLocaleString("en")} µs`;
const sum = (times) => [...times.values()].reduce((all, one) => all + one, 0);

export const whole = (times) => microseconds(sum(times));

function element(name, className, ...content) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...content);
  return made;
}

function bar(time, longest) {
  const made = element("span", "bar");
  made.style.width = `${longest > 0 ? (100 * time) / longest : 0}%`;
  return element("span", "track", made);
}

/* The longest time has the whole width, the others their part of it. */
export function drawLanes(list, did, times) {
  const longest = Math.max(...times.values());
  list.replaceChildren(...layers.map((layer) => {
    const lane = element("li", layer, element("span", "name", `${layer}/`), " ",
      element("span", "did", did.get(layer)));
    if (times.size > 0)
      lane.append(" ", element("span", "time",
        times.has(layer) ? microseconds(times.get(layer)) : "not told"));
    if (times.has(layer))
      lane.append(bar(times.get(layer), longest));
    return lane;
  }));
}
