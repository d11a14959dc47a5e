/** Losses of attacks: a number for each example, from its logits. */

export { dlr } from "./dlr.ts";
export { logitDifference } from "./logit_difference.ts";
export { logOdds } from "./log_odds.ts";
export { margin } from "./margin.ts";
export { targetedDlr } from "./targeted_dlr.ts";
