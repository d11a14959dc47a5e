// The derivative of x sigmoid(x), over sigmoid.wgsl: s + x s (1 - s), x cut off so that nothing overflows.
fn silu_slope(x: vec4<f32>) -> vec4<f32> {
  let c = clamp(x, vec4<f32>(-87.0), vec4<f32>(87.0));
  let s = sigmoid(c);
  return s + c * s * (1.0 - s);
}
