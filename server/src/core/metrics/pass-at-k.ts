/**
 * The probability that at least one of k outputs of a record is right, estimated without bias from n of them
 * (Chen et al., 2021, "Evaluating large language models trained on code", equation 1 and figure 3):
 * 1 − C(n − c, k) / C(n, k), as a product that never overflows.
 * @param n Outputs of the record.
 * @param correct How many of them are right, 0 to n.
 * @param k From 1 to n.
 */
export function passAtK(n: number, correct: number, k: number): number {
  if (n - correct < k) return 1;
  let allWrong = 1;
  for (let i = n - correct + 1; i <= n; i++) allWrong *= 1 - k / i;
  return 1 - allWrong;
}
