/** Small search spaces for tests, written to temporary folders. */

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @param body of the network, which has `x`, an image of 16 x 16 x 4, and returns a tensor */
export function spaceFile(body: string, head = "", options = ""): string {
  const file = join(mkdtempSync(join(tmpdir(), "tsc-mcu-space-")), "space.ts");
  writeFileSync(
    file,
    `import { add, choose, conv2d, dense, depthwiseConv2d, globalAveragePool, input, network, range, relu6, weights } from "tsc-mcu";
${head}
void [add, choose, conv2d, dense, depthwiseConv2d, globalAveragePool, range, relu6, weights];
export default network("tiny", { board: "stm32f746g-disco"${options} }, () => {
  let x = input("image", [16, 16, 4]);
  ${body}
});
`,
  );
  return file;
}
