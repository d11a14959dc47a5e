// y[r, c] = x[r, c] * scale[c] + offset[c], cut off below 0 if RELU; over x [ROWS, C4] (vec4s of channels).
// GRAD: instead dx[r, c] = dy[r, c] * scale[c], and 0 where RELU and the forward output was cut off.
// One invocation owns one vec4 of channels and PER rows, so that scale and offset are loaded once.
// Workgroup 64, channels innermost. No reduction.
#input 0 x
#input 1 scales
#input 2 offsets
#if GRAD
#input 3 dy
#end
#output ${3 + GRAD} y

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>) {
  let i = gid.y * grid.x * 64u + gid.x;
  if (i >= BLOCKS * C4) { return; }
  let c = i % C4;
  let first = i / C4 * PER;
  let scale = scales(c);
  let offset = offsets(c);
  let last = min(first + PER, ROWS);
  for (var r = first; r < last; r++) {
    let at = r * C4 + c;
    let value = x(at) * scale + offset;
#if GRAD
#if RELU
    set_y(at, select(vec4<f32>(0.0), dy(at) * scale, value > vec4<f32>(0.0)));
#else
    set_y(at, dy(at) * scale);
#end
#else
#if RELU
    set_y(at, max(value, vec4<f32>(0.0)));
#else
    set_y(at, value);
#end
#end
  }
}
