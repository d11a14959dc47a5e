/** Reasons to distrust a robust accuracy. */

/** A reason to distrust an evaluation; docs/attacks.md explains each code. */
export interface AttackWarning {
  readonly code:
    | "randomised-model"
    | "probabilities-not-logits"
    | "zero-gradients"
    | "non-finite-logits"
    | "flat-logits"
    | "fewer-targets"
    | "black-box-beats-white-box";
  /** What was found, in a sentence with its numbers. */
  readonly message: string;
}
