// Updates the state of Auto-PGD after an evaluation, for every running slot, in place; iteration 0 starts a run.
// loss, right [B, 1] of the new point; progress [B, 8]: step size, best loss, best loss at the last checkpoint, last
// loss; increases since the checkpoint, iterations between checkpoints, iterations since the checkpoint, 1 if the last
// checkpoint halved the step. score [B, 1], slots [B, 4].
// out [B, 4], 1 where: the slot ran; the new point is the best of the run; the walk returns to the best point (after
// that update); the new point is the best of all runs.
// A finite loss counts as larger than one that is not finite. One invocation owns one example; workgroup 64.
#input 0 loss
#input 1 right
@group(0) @binding(2) var<storage, read_write> progress: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> slots: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read_write> score: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> out: array<vec4<u32>>;

// Larger, or finite where the known one is not.
fn better(now: f32, known: f32) -> bool {
  return now > known || (is_finite(now) && !is_finite(known));
}

#index b < B
  var slot = slots[b];
  if (slot.x != RUNNING) {
    out[b] = vec4<u32>(0u);
    return;
  }
  let now = loss(b).x;
#if FOOL
  let misclassified = right(b).x < 0.5;
#else
  let misclassified = false;
#end
  let overall = (slot.y == 0u && slot.z == 0u) || better(now, score[b].x);
  var keep = true;
  var back = false;
  // Step size, best loss, best loss at the last checkpoint, last loss (BEFORE for the first iteration).
  var value = vec4<f32>(2.0 * ${EPS}, now, now, ${BEFORE});
  // Increases since the checkpoint, iterations between checkpoints, iterations since, whether the last one halved.
  var count = vec4<f32>(0.0, ${FIRST}.0, 0.0, 1.0);
  if (slot.z > 0u) {
    value = progress[2u * b];
    count = progress[2u * b + 1u];
    keep = better(now, value.y);
    if (keep) { value.y = now; }
    if (now > value.w) { count.x += 1.0; }
    value.w = now;
    count.z += 1.0;
    if (count.z >= count.y) {
      back = count.x <= ${RHO} * count.y || (count.w == 0.0 && value.z >= value.y);
      if (back) { value.x *= 0.5; }
      value.z = value.y;
      count = vec4<f32>(0.0, max(count.y - ${DECREASE}.0, ${MIN_INTERVAL}.0), 0.0, select(0.0, 1.0, back));
    }
  }
  progress[2u * b] = value;
  progress[2u * b + 1u] = count;
#if FOOL
  score[b] = vec4<f32>(select(value.y, now, misclassified), 0.0, 0.0, 0.0);
#else
  if (overall) { score[b] = vec4<f32>(now, 0.0, 0.0, 0.0); }
#end
  if (misclassified) {
    slot.x = MISCLASSIFIED;
  } else if (slot.z < ITERATIONS) {
    slot.z += 1u;
  } else if (slot.y + 1u < RUNS) {
    slot.y += 1u;
    slot.z = 0u;
  } else {
    slot.x = ROBUST;
  }
  slots[b] = slot;
  out[b] = vec4<u32>(1u, u32(keep || misclassified), u32(back && !misclassified), u32(overall));
#end
