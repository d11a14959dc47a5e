// Crops a box at random and stretches it to the size of the image, bilinearly (align_corners false).
//   sy = max((y + 1/2) h / H - 1/2, 0), between rows floor(sy) and the next one, at most h-1; columns likewise
// A box: its share of the area uniform in [MIN_SCALE, MIN_SCALE + SCALE_SPAN], the logarithm of its aspect ratio uniform
// in [-LOG_ASPECT, LOG_ASPECT], its place uniform; up to ten tries (blocks 0..9), then the centre, FALL_H x FALL_W.
// One invocation writes one row, workgroup 64; the box is found once for the row.
#output 3 out
fn crop_box(b: u32) -> vec4<u32> {
  for (var try_ = 0u; try_ < 10u; try_++) {
    let bits = draw(b, try_);
    let area = f32(H * W) * (${MIN_SCALE} + uniform01(bits.x) * ${SCALE_SPAN});
    let aspect = exp(${LOG_ASPECT} * (2.0 * uniform01(bits.y) - 1.0));
    let h = u32(sqrt(area / aspect) + 0.5);
    let w = u32(sqrt(area * aspect) + 0.5);
    if (h >= 1u && h <= H && w >= 1u && w <= W) {
      return vec4<u32>(philox_mul(bits.z, H - h + 1u).x, philox_mul(bits.w, W - w + 1u).x, h, w);
    }
  }
  return vec4<u32>((H - FALL_H) / 2u, (W - FALL_W) / 2u, FALL_H, FALL_W);
}

#index i < B * H
  let b = i / H;
  let box = crop_box(b);
  let sy = max((f32(i % H) + 0.5) * (f32(box.z) / f32(H)) - 0.5, 0.0);
  let y0 = u32(sy);
  let fy = sy - f32(y0);
  let row0 = (b * H + box.x + y0) * W + box.y;
  let row1 = (b * H + box.x + min(y0 + 1u, box.z - 1u)) * W + box.y;
  for (var x = 0u; x < W; x++) {
    let sx = max((f32(x) + 0.5) * (f32(box.w) / f32(W)) - 0.5, 0.0);
    let x0 = u32(sx);
    let x1 = min(x0 + 1u, box.w - 1u);
    let fx = sx - f32(x0);
    let above = images(row0 + x0) * (1.0 - fx) + images(row0 + x1) * fx;
    let below = images(row1 + x0) * (1.0 - fx) + images(row1 + x1) * fx;
    set_out(i * W + x, above * (1.0 - fy) + below * fy);
  }
#end
