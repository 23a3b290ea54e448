import { mcunet } from "./mcunet.ts";

export default mcunet("in1");
