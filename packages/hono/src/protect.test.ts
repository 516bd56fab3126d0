import {
  apiKey,
  createGuard,
  createMemoryApiKeys,
  identifyApiKey,
  jwt,
  scope,
} from "@countersign/core";
import { encodeBase64Url } from "@countersign/core/wire";
import { Hono } from "hono";
