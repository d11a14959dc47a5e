// max(v, 0), but NaN stays NaN. By bits: those of -0 to -infinity become 0, NaNs of either sign lie outside that range.
fn relu(v: vec4<f32>) -> vec4<f32> {
  let bits = bitcast<vec4<u32>>(v);
  return select(v, vec4<f32>(0.0), bits - vec4<u32>(0x80000000u) <= vec4<u32>(0x7f800000u));
}
