// Two sums over the 64 lanes of a workgroup, as a tree: order fixed. Every lane calls it, and every lane gets both.

var<workgroup> pair_firsts: array<vec4<f32>, 64>;
var<workgroup> pair_seconds: array<vec4<f32>, 64>;

struct PairSum {
  first: vec4<f32>,
  second: vec4<f32>,
}

fn workgroup_pair_sum(lane: u32, first: vec4<f32>, second: vec4<f32>) -> PairSum {
  pair_firsts[lane] = first;
  pair_seconds[lane] = second;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      pair_firsts[lane] += pair_firsts[lane + half];
      pair_seconds[lane] += pair_seconds[lane + half];
    }
  }
  workgroupBarrier();
  return PairSum(pair_firsts[0], pair_seconds[0]);
}
