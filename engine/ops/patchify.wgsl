// Images cut into square patches, or assembled from them (JOIN); lanes are moved one by one.
//   images [B, ROWS * P, COLUMNS * P, C], patches [B, ROWS * COLUMNS, P * P * C], elements of a patch in the order
//   (row, column, channel)
// One invocation computes one vec4 of the output; workgroup 64. Lanes of the padding stay zero. Order-free.
#input 0 x
#output 1 out

#index i < COUNT
  var value = vec4<f32>(0.0);
#if JOIN
  let pixel = i / C4;
  let c = i % C4 * 4u;
  let column = pixel % (COLUMNS * P);
  let line = pixel / (COLUMNS * P);
  let token = line / P * COLUMNS + column / P;
  let e = (line % P * P + column % P) * C + c;
  for (var j = 0u; j < 4u; j++) {
    if (c + j < C) { value[j] = x(token * SIZE4 + (e + j) / 4u)[(e + j) % 4u]; }
  }
#else
  let token = i / SIZE4;
  let e = i % SIZE4 * 4u;
  let corner = token / COLUMNS * P * (COLUMNS * P) + token % COLUMNS * P;
  for (var j = 0u; j < 4u; j++) {
    let at = e + j;
    if (at < SIZE) {
      let pixel = corner + at / (P * C) * (COLUMNS * P) + at / C % P;
      value[j] = x(pixel * C4 + at % C / 4u)[at % C % 4u];
    }
  }
#end
  set_out(i, value);
#end
