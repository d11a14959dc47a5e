// Turns images grey with probability PROBABILITY: every channel becomes luma(pixel); word x of block 0 decides.
// One invocation writes one row, workgroup 64.
#output 3 out

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>) {
  let i = gid.y * grid.x * 64u + gid.x;
  if (i >= B * H) { return; }
  let grey = uniform01(draw(i / H, 0u).x) < ${PROBABILITY};
  for (var x = i * W; x < (i + 1u) * W; x++) {
    let pixel = images(x);
    set_out(x, select(pixel, vec4<f32>(vec3<f32>(luma(pixel)), 0.0), grey));
  }
}
