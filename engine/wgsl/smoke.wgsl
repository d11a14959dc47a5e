// Inclusive prefix sum of i * i over 256 invocations: checks storage, workgroup memory and barriers.
// One workgroup of 256; deterministic (integers).
@group(0) @binding(0) var<storage, read_write> sums: array<u32>;
var<workgroup> shared_sums: array<u32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) i: u32) {
  shared_sums[i] = i * i;
  workgroupBarrier();
  for (var offset = 1u; offset < 256u; offset *= 2u) {
    var addend = 0u;
    if (i >= offset) { addend = shared_sums[i - offset]; }
    workgroupBarrier();
    shared_sums[i] += addend;
    workgroupBarrier();
  }
  sums[i] = shared_sums[i];
}
