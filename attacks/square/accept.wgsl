// Accepts or rejects the Square Attack's proposals. Running slots at iteration 0, or whose margins[b] is below score[b]
// (both [B, 1]), at most 0 or not finite: best := proposal [B, PIXELS] vec4s, score := margin. Then the slot (status, run,
// iteration, 0) is MISCLASSIFIED at a margin of at most 0 or one that is not finite; else it takes the next iteration of
// QUERIES + 1, the next run of RUNS, or ends as ROBUST. Other slots do not change. A workgroup of 64 owns one example: its
// first invocation decides, all copy. Order-free.
@group(0) @binding(0) var<storage, read_write> best: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> score: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> slots: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> proposal: array<vec4<f32>>;
#input 4 margins

var<workgroup> copied: u32;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) grid: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let b = group.y * grid.x + group.x;
  if (b >= B) { return; }
  if (lane == 0u) {
    let slot = slots[b];
    copied = 0u;
    if (slot.x == RUNNING) {
      let found = margins(b).x;
      let misclassified = found <= 0.0 || !is_finite(found);
      if (slot.z == 0u || found < score[b].x || misclassified) {
        copied = PIXELS;
        score[b] = vec4<f32>(found, 0.0, 0.0, 0.0);
      }
      var next = slot + vec4<u32>(0u, 0u, 1u, 0u);
      if (misclassified) {
        next = vec4<u32>(MISCLASSIFIED, slot.yzw);
      } else if (slot.z >= QUERIES) {
        next = vec4<u32>(RUNNING, slot.y + 1u, 0u, 0u);
        if (slot.y + 1u >= RUNS) { next = vec4<u32>(ROBUST, slot.yzw); }
      }
      slots[b] = next;
    }
  }
  let count = workgroupUniformLoad(&copied);
  for (var p = lane; p < count; p += 64u) {
    best[b * PIXELS + p] = proposal[b * PIXELS + p];
  }
}
