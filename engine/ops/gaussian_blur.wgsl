// Gaussian blur with probability PROBABILITY: weights exp(-d^2 / (2 sigma^2)), |d| <= R, divided by their sum, along
// both axes; the image is reflected at its borders without repeating them. sigma uniform in [MIN_SIGMA, MIN_SIGMA +
// SIGMA_SPAN] from word y of block 0, x decides. R < H, R < W.
// One invocation writes one row, workgroup 64: it blurs columns vertically as the window of 2 R + 1 moves over them.
#output 3 out
fn reflect_at(at: i32, size: i32) -> u32 {
  let inside = abs(at);
  return u32(select(inside, 2 * (size - 1) - inside, inside >= size));
}

#index i < B * H
  let bits = draw(i / H, 0u);
  if (uniform01(bits.x) >= ${PROBABILITY}) {
    for (var x = i * W; x < (i + 1u) * W; x++) { set_out(x, images(x)); }
    return;
  }
  let sigma = ${MIN_SIGMA} + uniform01(bits.y) * ${SIGMA_SPAN};
  var weights: array<f32, 2 * R + 1>;
  var rows: array<u32, 2 * R + 1>;
  var total = 0.0;
  for (var k = 0; k < i32(2u * R + 1u); k++) {
    let d = f32(k - i32(R)) / sigma;
    weights[k] = exp(-0.5 * d * d);
    total += weights[k];
    rows[k] = (i - i % H + reflect_at(i32(i % H) + k - i32(R), i32(H))) * W;
  }
  for (var k = 0u; k < 2u * R + 1u; k++) { weights[k] /= total; }

  var columns: array<vec4<f32>, 2 * R + 1>;
  for (var x = -2 * i32(R); x < i32(W); x++) {
    let column_at = reflect_at(x + i32(R), i32(W));
    var column = vec4<f32>(0.0);
#for k in 0..2*R
    columns[${k}] = columns[${k + 1}];
#end
#for k in 0..2*R+1
    column += weights[${k}] * images(rows[${k}] + column_at);
#end
    columns[${2 * R}] = column;
    if (x < 0) { continue; }
    var value = vec4<f32>(0.0);
#for k in 0..2*R+1
    value += weights[${k}] * columns[${k}];
#end
    set_out(i * W + u32(x), value);
  }
#end
