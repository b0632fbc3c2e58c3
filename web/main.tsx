import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Demo } from "./demo/demo.tsx";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has lost its #root element; build the page again.");

createRoot(root).render(
  <StrictMode>
    <Demo />
  </StrictMode>,
);
