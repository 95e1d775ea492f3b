// Figures as people read them.

const WHEN = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", hourCycle: "h23" });
const COUNT = new Intl.NumberFormat();

export const count = (number) => COUNT.format(number);

export const clock = (text) => WHEN.format(new Date(text));

export function seconds(number) {
  if (number < 0.01) return `${(number * 1000).toFixed(1)} ms`;
  if (number < 1) return `${Math.round(number * 1000)} ms`;
  if (number < 60) return `${number.toFixed(1)} s`;
  if (number < 3600) return `${Math.floor(number / 60)} min ${Math.floor(number % 60)} s`;
  if (number < 86400) return `${Math.floor(number / 3600)} h ${Math.floor((number % 3600) / 60)} min`;
  return `${Math.floor(number / 86400)} d ${Math.floor((number % 86400) / 3600)} h`;
}

export function bytes(number) {
  const units = ["B", "KiB", "MiB", "GiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, number)) / 10));
  const shown = number / 1024 ** power;
  return `${power && shown < 100 ? shown.toFixed(1) : Math.round(shown)} ${units[power]}`;
}

export const spaced = (name) => name.replaceAll("_", " ");
