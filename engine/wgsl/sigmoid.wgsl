// 1 / (1 + exp(-x)), with x cut off at -87 and 87 so that nothing overflows.
fn sigmoid(x: vec4<f32>) -> vec4<f32> {
  return 1.0 / (1.0 + exp(-clamp(x, vec4<f32>(-87.0), vec4<f32>(87.0))));
}
