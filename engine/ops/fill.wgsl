// out = VALUE in every element, 0 in the padding. One invocation writes one vec4; workgroup 64.
#output 0 out

#index i < COUNT
  let lanes = vec4<u32>(0u, 1u, 2u, 3u) + 4u * (i % ROW);
  set_out(i, select(vec4<f32>(0.0), vec4<f32>(${VALUE}), lanes < vec4<u32>(LAST)));
#end
