// factor = min(1, MAX / (norm + 1e-6)), norm = sqrt(sum of partials). partials: PARTIALS floats; factor [], norm [].
// One workgroup of 64: invocation j sums partials j, j + 64, …, then the 64 sums are added as a tree. Order fixed.
// Source: torch.nn.utils.clip_grad_norm_.
@group(0) @binding(0) var<storage, read> partials: array<f32>;
#output 1 factor
#output 2 norm

var<workgroup> sums: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var i = lane; i < PARTIALS; i += 64u) { sum += partials[i]; }
  sums[lane] = sum;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { sums[lane] += sums[lane + half]; }
  }
  if (lane == 0u) {
    let found = sqrt(sums[0]);
    set_norm(0, vec4<f32>(found, 0.0, 0.0, 0.0));
    set_factor(0, vec4<f32>(min(1.0, ${MAX} / (found + 1e-6)), 0.0, 0.0, 0.0));
  }
}
