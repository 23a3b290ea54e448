import { test } from "uvu";
import * as assert from "uvu/assert";
import { outputSize, samePadding, span, tapsInside } from "../../compiler/ops/arithmetic/windows.js";

test('"same" gives ceil(input / stride) positions, the odd zero after', () => {
  for (let input = 1; input <= 20; input++) {
    for (let kernel = 1; kernel <= 8; kernel++) {
      for (const stride of [1, 2, 3, 5]) {
        for (const dilation of [1, 2, 3]) {
          const spanned = span(kernel, dilation);
          const [before, after] = samePadding(input, spanned, stride);
          assert.is(outputSize(input, spanned, stride, before, after), Math.ceil(input / stride));
          assert.ok(before >= 0 && (after === before || after === before + 1));
        }
      }
    }
  }
});

test('"valid" is TensorFlow\'s ceil((input - window + 1) / stride)', () => {
  for (let input = 1; input <= 20; input++) {
    for (let kernel = 1; kernel <= input; kernel++) {
      for (const stride of [1, 2, 3, 5]) {
        assert.is(outputSize(input, kernel, stride, 0, 0), Math.ceil((input - kernel + 1) / stride));
      }
    }
  }
});

test("a window that does not fit has no position", () => {
  for (const stride of [1, 2, 7]) assert.ok(outputSize(3, 4, stride, 0, 0) < 1);
});

test("taps inside are those whose coordinate is inside", () => {
  for (let start = -9; start <= 12; start++) {
    for (const dilation of [1, 2, 3]) {
      for (const kernel of [1, 2, 3, 5]) {
        const inside = Array.from({ length: kernel }, (_, tap) => tap).filter((tap) => {
          const at = start + tap * dilation;
          return at >= 0 && at < 7;
        });
        const [first, end] = tapsInside(start, kernel, dilation, 7);
        assert.is(end - first, inside.length, `${start} ${dilation} ${kernel}`);
        if (inside.length > 0) assert.is(first, inside[0]);
      }
    }
  }
});

test.run();
