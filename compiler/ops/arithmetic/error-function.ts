/** The complementary error function, which JavaScript lacks. */

const perRootPi = 2 / Math.sqrt(Math.PI);

/** erfc(x) = 1 - erf(x), to about 15 digits. */
export function complementaryError(x: number): number {
  if (x < 0) return 2 - complementaryError(-x);
  return x < 2.5 ? 1 - errorBySeries(x) : byContinuedFraction(x);
}

/** erf(x) = 2 / sqrt(pi) * exp(-x^2) * sum of 2^n x^(2n+1) / (1 * 3 * … * (2n+1)): all terms positive, so that none cancel. 0 <= x. */
function errorBySeries(x: number): number {
  let term = x;
  let sum = x;
  for (let odd = 3; term > sum * 1e-17; odd += 2) {
    term *= (2 * x * x) / odd;
    sum += term;
  }
  return perRootPi * Math.exp(-x * x) * sum;
}

/** exp(-x^2) / sqrt(pi) / (x + (1/2) / (x + (2/2) / (x + (3/2) / …))), from the inside; 60 levels are enough from x = 2 on. */
function byContinuedFraction(x: number): number {
  let denominator = x;
  for (let level = 60; level >= 1; level--) denominator = x + level / 2 / denominator;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / denominator;
}
