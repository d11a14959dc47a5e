// Which numbers are finite, and which are NaN. By their bits: compilers may assume that neither infinity nor NaN occurs.
fn is_finite(v: f32) -> bool {
  return (bitcast<u32>(v) & 0x7f800000u) != 0x7f800000u;
}

fn are_finite(v: vec4<f32>) -> vec4<bool> {
  return (bitcast<vec4<u32>>(v) & vec4<u32>(0x7f800000u)) != vec4<u32>(0x7f800000u);
}

fn are_nan(v: vec4<f32>) -> vec4<bool> {
  return (bitcast<vec4<u32>>(v) & vec4<u32>(0x7fffffffu)) > vec4<u32>(0x7f800000u);
}

// The sign of each number, 0 for NaN.
fn sign_of(v: vec4<f32>) -> vec4<f32> {
  return select(sign(v), vec4<f32>(0.0), are_nan(v));
}
