// out[i] = f(a[i], b[i], …) over vec4s; smaller inputs are stretched by index arithmetic.
// Inputs: up to four, of the output's shape or with any dimensions of 1 (a bias, a number per example).
// One invocation computes one vec4. Workgroup 64: a multiple of every vector width met. No reduction: order-free.
#for k in 0..ARITY
#input ${k} in${k}
#end
#output ${ARITY} out

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>) {
  let i = gid.y * grid.x * 64u + gid.x;
  if (i >= COUNT) { return; }
${LOADS}
  let y = ${EXPRESSION};
  set_out(i, ${MASKED});
}
