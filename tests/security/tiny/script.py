"""A small application behind the real gate: one of each thing that a page may hold."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from gridgov.access.mode import current_identity
from gridgov.access.sessions import bind_state, sign_out

who = current_identity(st.context.cookies)
if who is None:
    st.write("nobody")
    st.stop()
bind_state(st.session_state, who)
st.write(f"signed in as [{who.username}] {sorted(who.roles)} {who.grid_ids}")
if st.button("defect"):
    raise ValueError("a secret detail")
if st.button("sign out"):
    sign_out(st.context.cookies)
st.plotly_chart(go.Figure(go.Scatter(x=[1, 2, 3], y=[3, 1, 2]), layout={"title": "figure"}))
st.dataframe(pd.DataFrame({"grid": ["g1", "g2"], "n": [1, 2]}))
st.download_button("download", "contents of the file", file_name="file.csv")
uploaded = st.file_uploader("upload")
if uploaded:
    st.write(f"uploaded {uploaded.size} bytes")
st.code("select 1", language="sql")
