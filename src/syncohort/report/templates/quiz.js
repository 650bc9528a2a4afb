const quiz = JSON.parse(document.getElementById("content-of-quiz").textContent);
const part = (id) => document.getElementById(id);
let answers = [];
let shownAt = 0;

// Wilson (1927): the interval of a share that stays within 0 and 1, also of few answers.
const wilson = (right, number, z = 1.959964) => {
  const share = right / number, square = (z * z) / number;
  const middle = (share + square / 2) / (1 + square);
  const margin = (z / (1 + square)) * Math.sqrt((share * (1 - share)) / number + square / (4 * number));
  return [Math.max(0, middle - margin), Math.min(1, middle + margin)];
};

// Quantile of the standard normal distribution (Acklam 2003, relative error below 1.2e-9).
const quantile = (p) => {
  const a = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1];
  const c = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
  const polynomial = (coefficients, x) => coefficients.reduce((sum, one) => sum * x + one, 0);
  const tail = (share) => {
    const q = Math.sqrt(-2 * Math.log(share));
    return polynomial(c, q) / polynomial(d, q);
  };
  if (p < 0.02425) return tail(p);
  if (p > 1 - 0.02425) return -tail(1 - p);
  const q = p - 0.5, r = q * q;
  return (q * polynomial(a, r)) / polynomial(b, r);
};

// Sensitivity with the log-linear correction (Hautus 1995), for which all or none right is no infinity.
const sensitivity = (hits, generated, alarms, real) =>
  quantile((hits + 0.5) / (generated + 1)) - quantile((alarms + 0.5) / (real + 1));

const score = () => {
  const of = (truth, answer) =>
    answers.filter((one) => one.truth === truth && (!answer || one.answer === answer)).length;
  const generated = of("generated"), real = of("real");
  const hits = of("generated", "generated"), alarms = of("real", "generated");
  const right = hits + real - alarms, number = generated + real;
  const [low, high] = wilson(right, number);
  return { right, number, share: right / number, low, high, sensitivity: sensitivity(hits, generated, alarms, real) };
};

const only = (shown) => ["start", "ask", "result"].forEach((id) => (part(id).hidden = id !== shown));

const ask = () => {
  const number = answers.length;
  if (number === quiz.questions.length) return finish();
  only("ask");
  part("tile").src = quiz.questions[number].image;
  part("progress").textContent = `Tile ${number + 1} of ${quiz.questions.length}`;
  part("bar").value = number;
  part("back").disabled = number === 0;
  shownAt = performance.now();
};

const answer = (given) => {
  const { name, generated } = quiz.questions[answers.length];
  const milliseconds = Math.round(performance.now() - shownAt);
  answers.push({ tile: name, truth: generated ? "generated" : "real", answer: given, milliseconds });
  ask();
};

const percent = (share) => `${Math.round(100 * share)} %`;

const finish = () => {
  only("result");
  const found = score();
  part("score").textContent =
    `${found.right} of ${found.number} right, ${percent(found.share)} ` +
    `(95 % interval ${percent(found.low)} to ${percent(found.high)}, Wilson); d′ = ${found.sensitivity.toFixed(2)}.`;
  part("meaning").textContent =
    found.low > 0.5
      ? "You tell generated tiles from real ones better than by guessing."
      : found.high < 0.5
        ? "You are right less often than by guessing: generated tiles look more real to you than real ones."
        : "Your answers do not differ from guessing, by which half are right and d′ is 0.";
  part("answers").replaceChildren(
    ...answers.map((one, place) => {
      const item = document.createElement("li"), image = document.createElement("img");
      image.src = quiz.questions[place].image;
      image.alt = `Tile ${place + 1}`;
      const right = one.answer === one.truth;
      item.className = right ? "right" : "wrong";
      item.append(image, right ? `${one.truth}: right` : `${one.truth}, you said ${one.answer}`);
      return item;
    }),
  );
  part("result").focus();
};

part("begin").addEventListener("click", ask);
part("again").addEventListener("click", () => {
  answers = [];
  ask();
});
part("back").addEventListener("click", () => {
  answers.pop();
  ask();
});
for (const button of document.querySelectorAll("[data-answer]")) {
  button.addEventListener("click", () => answer(button.dataset.answer));
}
document.addEventListener("keydown", (event) => {
  if (part("ask").hidden || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  const given = { r: "real", g: "generated" }[event.key.toLowerCase()];
  if (given) answer(given);
  else if (event.key === "Backspace" && answers.length) {
    answers.pop();
    ask();
  }
});
part("save").addEventListener("click", () => {
  const content = { cohort: quiz.cohort, model: quiz.model, reader: part("reader").value, score: score(), answers };
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2) + "\n"], { type: "application/json" }));
  link.download = `quiz-${quiz.cohort}-${quiz.model}.json`.replace(/[^\w.-]+/g, "_");
  link.click();
  URL.revokeObjectURL(link.href);
});
