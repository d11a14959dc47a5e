// Bilinear resizing, no antialiasing, pixel centres at halves (align_corners false): output pixel o lies at
//   p = max((o + 1/2) * IN / OUT - 1/2, 0), between input pixels floor(p) and floor(p) + 1, the last repeated,
// with weights 1 - frac(p) and frac(p); in both directions. p is kept as a whole number of 2 OUT-ths, so that it is exact.
// x [N, H, W, C], y [N, OH, OW, C]. GRAD: x is the gradient [N, OH, OW, C], and y [N, H, W, C] gathers from it.
// Channels in vec4s. One invocation computes one vec4 of the result; workgroup 64 along the channels. Order of
// summation: rows, fixed.
#input 0 x
#output 1 y

// The first input pixel of output pixel o, and the weight of the second.
struct Place { first: u32, second: u32, weight: f32 }

fn place(o: u32, size: u32, wanted: u32) -> Place {
  let p = u32(max((2 * i32(o) + 1) * i32(size) - i32(wanted), 0));
  let first = p / (2u * wanted);
  return Place(first, min(first + 1u, size - 1u), f32(p % (2u * wanted)) / f32(2u * wanted));
}

#if GRAD
fn weight_of(i: u32, p: Place) -> f32 {
  return select(0.0, 1.0 - p.weight, p.first == i) + select(0.0, p.weight, p.second == i);
}

// Output pixels that may lie between input pixels i - 1 and i + 1, and one past the last.
fn reach(i: u32, size: u32, wanted: u32) -> vec2<u32> {
  let first = ((2 * i32(i) - 1) * i32(wanted) - i32(size)) / (2 * i32(size));
  let last = ((2 * i32(i) + 3) * i32(wanted) - i32(size)) / (2 * i32(size)) + 1;
  return vec2<u32>(u32(max(first, 0)), u32(clamp(last, 0, i32(wanted))));
}
#end

#index i < COUNT
  let c = i % C4;
#if GRAD
  let ix = i / C4 % W;
  let iy = i / (C4 * W) % H;
  let image = i / (C4 * W * H) * OH;
  let columns = reach(ix, W, OW);
  let rows = reach(iy, H, OH);
  var sum = vec4<f32>(0.0);
  for (var oy = rows.x; oy < rows.y; oy++) {
    let down = weight_of(iy, place(oy, H, OH));
    for (var ox = columns.x; ox < columns.y; ox++) {
      let along = weight_of(ix, place(ox, W, OW));
      sum += down * along * x(((image + oy) * OW + ox) * C4 + c);
    }
  }
  set_y(i, sum);
#else
  let along = place(i / C4 % OW, W, OW);
  let down = place(i / (C4 * OW) % OH, H, OH);
  let image = i / (C4 * OW * OH) * H;
  let above = (image + down.first) * W;
  let below = (image + down.second) * W;
  let top = mix(x((above + along.first) * C4 + c), x((above + along.second) * C4 + c), along.weight);
  let bottom = mix(x((below + along.first) * C4 + c), x((below + along.second) * C4 + c), along.weight);
  set_y(i, mix(top, bottom, down.weight));
#end
#end
